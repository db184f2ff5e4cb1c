"""Webhooks on the pages: made, changed and removed, here and at the instance."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from jobs.arr import CLIENTS
from jobs.engine import Engine
from models.database import Database
from models.database.fields import now
from models.database.hashes import hash_of
from models.hooks import LOST_AFTER, Hook
from models.instances import Instance
from models.people.audit import Event
from tests.contract import contract_document
from tests.fakes.arr import FakeArr
from tests.fakes.browser import ADDRESS, Browser
from tests.fakes.clock import FastClock
from tests.fakes.webhooks import HookingArr, event

LINK = re.compile(r'value="(http://[^"]+/hooks/[^"]+)"')
FIELD = "This program, as"


@pytest.fixture
def hooking(sonarr: FakeArr) -> HookingArr:
    return HookingArr(sonarr)


@pytest.fixture
def films(radarr: FakeArr) -> HookingArr:
    return HookingArr(radarr)


@pytest.fixture
async def engine(
    db: Database, clock: FastClock, hooking: HookingArr, films: HookingArr
) -> AsyncIterator[Engine]:
    made = Engine(clock=clock, demo={"sonarr": hooking, "radarr": films})
    yield made
    await made.stop()


@pytest.fixture
def page(alices: Browser, hooking: HookingArr, films: HookingArr, living_room: Instance) -> str:
    """The address of the page of the living room's webhook; the instances can reach us."""
    hooking.ours = films.ours = alices.app
    return f"/instances/{living_room.id}/hook"


async def by_hand(browser: Browser, page: str) -> str:
    """The address that is shown once."""
    answer = await browser.post(page, address=ADDRESS, way="by-hand")
    assert answer.status_code == 201
    found = LINK.search(answer.text)
    assert found
    return found[1]


@pytest.mark.parametrize("application", ["sonarr", "radarr"])
async def test_a_webhook_is_created_at_the_instance(
    application: str, alices: Browser, page: str, hooking: HookingArr, films: HookingArr,
    cinema: Instance, living_room: Instance,
) -> None:  # fmt: skip
    server, row = (hooking, living_room) if application == "sonarr" else (films, cinema)
    answer = await alices.post(f"/instances/{row.id}/hook", address=ADDRESS, way="there")
    assert f"“{row.name}” sends its webhooks here." in answer.text
    (made,) = server.connections.values()
    assert server.answers == [204]
    assert made["name"] == "Vibe-Quality-Searcharr"
    switches = {name for name, value in made.items() if value is True}
    assert switches == set(CLIENTS[application].triggers)
    known = contract_document(f"{application}-{'4' if application == 'sonarr' else '6'}")
    assert set(made) <= set(known["components"]["schemas"]["NotificationResource"]["properties"])
    url = next(each["value"] for each in made["fields"] if each["name"] == "url")
    assert url.startswith(f"{ADDRESS}/hooks/")
    hook = Hook.get(instance=row)
    assert (hook.token_hash, hook.address) == (hash_of(url.rpartition("/")[2]), ADDRESS)
    assert len(url.rpartition("/")[2]) == 43
    await server.send(event("Grab", application))
    assert Hook.get(instance=row).state_at
    assert Event.recent().first().action == "webhook-made"


async def test_a_new_address_takes_the_place_of_the_one_before(
    alices: Browser, page: str, hooking: HookingArr
) -> None:
    await alices.post(page, address=ADDRESS, way="there")
    before = Hook.get().token_hash
    hooking.connections[1] |= {"name": "renamed by a person", "tags": [3]}
    hooking.connections[1]["fields"].append({"name": "username", "value": "theirs"})
    await alices.post(page, address=ADDRESS, way="there")
    (made,) = hooking.connections.values()
    assert (made["name"], made["tags"]) == ("renamed by a person", [3])
    assert {"name": "username", "value": "theirs"} in made["fields"]
    assert Hook.get().token_hash != before
    assert hooking.answers == [204, 204]


async def test_a_name_that_is_taken_is_left_to_its_owner(
    alices: Browser, page: str, hooking: HookingArr
) -> None:
    theirs = {"name": "vibe-quality-searcharr", "implementation": "Discord", "fields": []}
    hooking.connections[1] = {**theirs, "id": 1}
    await alices.post(page, address=ADDRESS, way="there")
    assert hooking.connections[1]["implementation"] == "Discord"
    assert hooking.connections[2]["name"] == "Vibe-Quality-Searcharr 2"


@pytest.mark.parametrize("address", ["http://elsewhere.example:7337", "http://127.0.0.1:7337/x"])
async def test_an_address_under_which_we_are_not_reached_is_refused(
    address: str, alices: Browser, page: str, hooking: HookingArr
) -> None:
    """And the one that worked before goes on to work."""
    await alices.post(page, address=ADDRESS, way="there")
    before = Hook.get().__data__
    answer = await alices.post(page, address=address, way="there")
    assert answer.status_code == 422
    assert f"could not send its test to {address}" in answer.text
    assert Hook.get().__data__ == before
    hooking.answers.clear()
    await hooking.send(event("Grab"))
    assert hooking.answers == [204]


async def test_an_instance_that_cannot_reach_anybody_leaves_nothing(
    alices: Browser, page: str, hooking: HookingArr
) -> None:
    hooking.ours = None
    answer = await alices.post(page, address=ADDRESS, way="there")
    assert answer.status_code == 422
    assert "could not send its test" in answer.text
    assert (Hook.select().count(), hooking.connections) == (0, {})


@pytest.mark.parametrize("address", ["", "vqs:7337", "ftp://x", "http://x?y", "http://a:b@x"])
async def test_what_is_no_address_is_refused(address: str, alices: Browser, page: str) -> None:
    for way in ("there", "by-hand"):
        answer = await alices.post(page, address=address, way=way)
        assert answer.status_code == 422
    assert Hook.select().count() == 0


async def test_what_to_enter_by_hand_is_shown_once(
    alices: Browser, page: str, hooking: HookingArr, living_room: Instance
) -> None:
    answer = await alices.post(page, address=f"{ADDRESS}/", way="by-hand")
    link = LINK.search(answer.text)
    assert link
    secret = link[1].removeprefix(f"{ADDRESS}/hooks/")
    for word in ("Vibe-Quality-Searcharr", "POST", *CLIENTS["sonarr"].triggers.values()):
        assert word in answer.text
    for again in (page, f"/instances/{living_room.id}", "/audit", "/logs"):
        assert secret not in (await alices.get(again)).text
    assert hooking.connections == {}
    sent = await alices.http.post(link[1], content=event("Test"))
    assert (sent.status_code, sent.content) == (204, b"")


async def test_what_we_created_does_not_stay_beside_what_a_person_enters(
    alices: Browser, page: str, hooking: HookingArr
) -> None:
    await alices.post(page, address=ADDRESS, way="there")
    hooking.connect(f"{ADDRESS}/hooks/of-somebody-else")
    await by_hand(alices, page)
    assert [each["name"] for each in hooking.connections.values()] == ["theirs 2"]


async def test_a_webhook_is_removed_at_both_ends(
    alices: Browser, page: str, hooking: HookingArr
) -> None:
    await alices.post(page, address=ADDRESS, way="there")
    url = hooking.connections[1]["fields"][0]["value"]
    answer = await alices.post(page, method="DELETE")
    assert "The webhook is removed." in answer.text
    assert (hooking.connections, Hook.select().count()) == ({}, 0)
    assert (await alices.http.post(url, content=event("Grab"))).status_code == 404
    assert Event.recent().first().action == "webhook-removed"


async def test_it_is_removed_here_though_the_instance_does_not_answer(
    alices: Browser, page: str, hooking: HookingArr, sonarr: FakeArr
) -> None:
    await by_hand(alices, page)
    living = Instance.get()
    living.change(url="http://127.0.0.1:9")
    answer = await alices.post(page, method="DELETE")
    assert "remove its connection there" in answer.text
    assert Hook.select().count() == 0


async def test_the_page_says_whether_webhooks_come(
    alices: Browser, page: str, living_room: Instance
) -> None:
    address = page.removesuffix("/hook")
    assert "Set up a webhook" in (await alices.get(address)).text
    await by_hand(alices, page)
    assert "none yet: the lists are read as before" in (await alices.get(address)).text
    hook = Hook.get()
    hook.change(heard_at=now() - timedelta(minutes=12))
    assert "12 min ago" in (await alices.get(address)).text
    hook.change(heard_at=now() - LOST_AFTER, fault="Living room has no connection.")
    shown = (await alices.get(address)).text
    assert "none for 26 h: the lists are read as before" in shown
    assert "Living room has no connection." in shown
    hook.change(strange_at=now())
    assert "another application sent here" in (await alices.get(address)).text


async def test_others_see_how_it_stands_and_can_change_nothing(
    alices: Browser, bobs: Browser, veras: Browser, page: str, living_room: Instance
) -> None:
    await by_hand(alices, page)
    for browser in (bobs, veras):
        shown = (await browser.get(f"/instances/{living_room.id}")).text
        assert "Last webhook" in shown
        assert page not in shown
        assert (await browser.get(page)).status_code == 403


async def test_a_demo_library_sends_none(alices: Browser, living_room: Instance) -> None:
    living_room.change(demo=True)
    assert "Webhook" not in (await alices.get(f"/instances/{living_room.id}")).text
    assert (await alices.get(f"/instances/{living_room.id}/hook")).status_code == 403
