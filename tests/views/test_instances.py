"""The servers that we talk to: added, changed and deleted by the administrator."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from jobs.engine import Engine
from models.backlog import Item
from models.database.fields import now
from models.instances import Instance
from models.instances.faults import failed
from models.queues import Queue, QueueInstance
from models.searches import Search
from models.searches.runs import Run
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.views.typed import OTHER_KEY, everything, instance_fields, settled

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def address(sonarr: FakeArr) -> Iterator[str]:
    """A Sonarr on a real socket."""
    with sonarr.serve() as url:
        yield url


@pytest.fixture
def attic(alice: object) -> Instance:
    """A saved Sonarr that nothing answers for."""
    return Instance.create(
        name="Attic",
        key="attic",
        application="sonarr",
        url=NOWHERE,
        api_key=OTHER_KEY,
        created_at=now(),
    )


async def test_a_working_instance_is_connected_and_its_lists_are_read(
    alices: Browser, address: str, engine: Engine, sonarr: FakeArr
) -> None:
    answer = await alices.post("/instances", follow=False, **instance_fields(address + "/"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/queues/new")
    attic = Instance.get()
    assert (attic.name, attic.url, attic.api_key.reveal()) == ("Attic", address, FakeArr.key)
    await settled(engine)
    page = await alices.get(f"/instances/{attic.id}")
    assert "is connected." in page.text
    assert Item.select().count() == 40
    assert "30" in page.text and "10" in page.text
    assert {seen.headers["x-api-key"] for seen in sonarr.log} == {FakeArr.key}


async def test_with_htmx_the_next_page_is_a_location(alices: Browser, address: str) -> None:
    answer = await alices.post("/instances", htmx=True, **instance_fields(address))
    assert (answer.status_code, answer.headers["hx-location"]) == (200, "/queues/new")


async def test_a_radarr_where_a_sonarr_was_said_is_told_apart(
    alices: Browser, radarr: FakeArr
) -> None:
    with radarr.serve() as url:
        answer = await alices.post("/instances", **instance_fields(url))
    assert answer.status_code == 422
    assert "Attic (Sonarr) says that it is Radarr, and Sonarr was expected." in answer.text
    assert not Instance.select().exists()


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"status": 401}, "api_key"),
    ({"status": 302, "headers": {"Location": "http://other.lan:8989/"}}, "url"),
    ({"status": 200, "body": b'<form><input type="password">'}, "url"),
    ({"status": 200, "body": b"<html>hello"}, "url"),
    ({"status": 503, "headers": {"content-type": "text/plain"}}, "url"),
    ({"status": 502}, "url"),
    ({"status": 307, "headers": {"Location": "/sonarr/api/v3/system/status"}}, "url"),
    ({"status": 200, "body": {"appName": "Sonarr", "version": "3.0.10.1567"}}, "url"),
]


@pytest.mark.parametrize(("fault", "field"), FAULTS)
async def test_a_fault_of_the_connection_stands_beside_its_field(
    fault: dict[str, Any], field: str, alices: Browser, address: str, sonarr: FakeArr
) -> None:
    sonarr.fail_next("/", times=3, **fault)
    answer = await alices.post("/instances", **instance_fields(address))
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert 'name="anyway"' in answer.text
    assert f'value="{address}"' in answer.text
    assert FakeArr.key not in answer.text
    assert not Instance.select().exists()


async def test_an_instance_that_does_not_answer_can_be_saved_anyway(
    alices: Browser, engine: Engine
) -> None:
    refused = await alices.post("/instances", **instance_fields(NOWHERE))
    assert "the connection was refused" in refused.text
    answer = await alices.post("/instances", follow=False, **instance_fields(NOWHERE, anyway="1"))
    assert answer.status_code == 303
    await settled(engine)
    assert Instance.get().fault_code == "refused"
    page = await alices.get("/instances")
    assert "the connection was refused" in page.text


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"name": ""}, "name", "Please fill this in."),
    ({"name": "a" * 61}, "name", "at most 60 characters"),
    ({"name": None}, "name", "Please fill this in."),
    ({"name": "LIVING ROOM "}, "name", "Another instance has this name."),
    ({"url": "127.0.0.1:8989"}, "url", "Begin with http://"),
    ({"url": "http://169.254.169.254/"}, "url", "not an address that a Sonarr or Radarr can have"),
    ({"url": "demo://sonarr"}, "url", "Begin with http://"),
    ({"url": "http://user:pass@host"}, "url", "Leave the name and password out"),
    ({"api_key": ""}, "api_key", "Settings, General"),
    ({"api_key": "short"}, "api_key", "An API key is longer"),
    ({"api_key": "a" * 129}, "api_key", "at most 128 characters"),
    ({"api_key": "schlüssel-schlüssel"}, "api_key", "letters and digits only"),
    ({"application": "lidarr"}, "application", "Choose one from the list."),
    ({"browser_url": "javascript:alert(1)"}, "browser_url", "Begin with http://"),
    ({"hourly_budget": "0"}, "hourly_budget", "at least 1"),
    ({"hourly_budget": "-1"}, "hourly_budget", "at least 1"),
    ({"daily_budget": "1001"}, "daily_budget", "at most 1000"),
    ({"spacing_seconds": "4"}, "spacing_seconds", "at least 5"),
    ({"spacing_seconds": "ten"}, "spacing_seconds", "whole number"),
    ({"spacing_seconds": "9" * 5000}, "spacing_seconds", "too large"),
    ({"verify_tls": "maybe"}, "verify_tls", "Choose yes or no."),
    ({"name": ["One", "Two"]}, "name", "This was sent twice."),
]


@pytest.mark.parametrize(("changes", "field", "sentence"), BAD)
async def test_what_cannot_be_used_is_said_beside_its_field(
    changes: dict[str, Any],
    field: str,
    sentence: str,
    alices: Browser,
    address: str,
    living_room: Instance,
) -> None:
    before = everything()
    for htmx in (False, True):
        typed = instance_fields(address, **changes)
        answer = await alices.post("/instances", htmx=htmx, **typed)
        assert answer.status_code == 422
        assert f'id="f-{field}-error"' in answer.text
        assert sentence in answer.text
        assert "spacing_seconds" in changes or 'name="spacing_seconds" value="30"' in answer.text
        assert FakeArr.key not in answer.text
    assert everything() == before


async def test_of_two_with_one_name_at_the_same_time_one_is_made(
    alices: Browser, address: str
) -> None:
    typed = instance_fields(address, token=await alices.token())
    answers = await asyncio.gather(
        *(alices.post("/instances", follow=False, **typed) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422]
    assert Instance.select().count() == 1


async def test_a_field_that_the_form_has_not_is_refused(alices: Browser, address: str) -> None:
    answer = await alices.post("/instances", **instance_fields(address, demo="1"))
    assert answer.status_code == 422
    assert "no field “demo”" in answer.text


async def test_a_name_with_markup_is_text_everywhere(alices: Browser, attic: Instance) -> None:
    attic.change(name="<script>alert(1)</script>", sync_note="<b>", fault="<i>x</i>")
    for path in ("/", "/instances", "/instances/1", "/instances/1/edit", "/queues/new"):
        page = await alices.get(path)
        assert "<script>alert" not in page.text
        assert "<i>x" not in page.text


async def test_the_key_is_never_shown(alices: Browser, attic: Instance) -> None:
    for path in ("/instances", "/instances/1", "/instances/1/edit"):
        page = await alices.get(path)
        assert OTHER_KEY not in page.text
        assert attic.api_key.token not in page.text


async def test_an_instance_that_does_not_answer_can_still_be_edited(
    alices: Browser, attic: Instance
) -> None:
    typed = instance_fields(NOWHERE, name="Cellar", api_key="", hourly_budget="7")
    answer = await alices.post("/instances/1", method="PATCH", follow=False, **typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/instances/1")
    row = Instance.get()
    assert (row.name, row.hourly_budget, row.api_key.reveal()) == ("Cellar", 7, OTHER_KEY)


async def test_a_new_address_needs_the_key_again(
    alices: Browser, attic: Instance, address: str, sonarr: FakeArr
) -> None:
    before = everything()
    for anyway in (None, "1"):
        typed = instance_fields(address, api_key="", anyway=anyway)
        answer = await alices.post("/instances/1", method="PATCH", **typed)
        assert answer.status_code == 422
        assert "type the API key again" in answer.text
    assert everything() == before
    assert not sonarr.log
    typed = instance_fields(address)
    answer = await alices.post("/instances/1", method="PATCH", follow=False, **typed)
    assert answer.status_code == 303
    assert (Instance.get().url, Instance.get().api_key.reveal()) == (address, FakeArr.key)


async def test_bad_changes_leave_the_row_alone(alices: Browser, attic: Instance) -> None:
    before = everything()
    for changes in (
        {"name": ""},
        {"daily_budget": "x"},
        {"url": "x"},
        {"api_key": OTHER_KEY[::-1]},
    ):
        typed = instance_fields(NOWHERE, **changes)
        answer = await alices.post("/instances/1", method="PATCH", **typed)
        assert answer.status_code == 422
        assert OTHER_KEY[::-1] not in answer.text
    assert everything() == before


async def test_an_instance_is_switched_off_and_on(alices: Browser, attic: Instance) -> None:
    off = instance_fields(NOWHERE, api_key="", enabled=None)
    page = await alices.post("/instances/1", method="PATCH", **off)
    assert "Switched off" in page.text
    since = Instance.get().disabled_at
    await alices.post("/instances/1", method="PATCH", **off)
    assert Instance.get().disabled_at == since is not None
    on = instance_fields(NOWHERE, api_key="")
    await alices.post("/instances/1", method="PATCH", **on)
    assert Instance.get().disabled_at is None


async def test_deleting_keeps_the_history_and_the_queue(
    alices: Browser, attic: Instance, nightly: Queue, finished_run: Run
) -> None:
    nightly.serve([attic])
    Search.create(
        run=finished_run,
        queue=nightly,
        instance=attic,
        queue_name="Nightly",
        instance_name="Attic",
        demo=False,
        kind="episode",
        want="missing",
        title="Low Water",
        attempt=1,
        state="done",
        created_at=now(),
    )
    page = await alices.post("/instances/1", method="DELETE")
    assert page.url.path == "/instances"
    assert "and its backlog are deleted." in page.text
    assert not Instance.select().where(Instance.key == "attic").exists()
    assert not QueueInstance.select().exists()
    assert "Low Water" in (await alices.get("/searches")).text
    for path in ("/", "/queues", "/queues/1", "/queues/1/preview", "/queues/1/edit", "/runs/1"):
        assert (await alices.get(path)).status_code == 200


async def test_a_page_that_shows_the_same_answers_nothing(
    alices: Browser, living_room: Instance
) -> None:
    page = await alices.get("/instances/1")
    poll = page.text.partition('hx-get="')[2].partition('"')[0]
    assert (await alices.get(poll, htmx=True)).status_code == 204
    living_room.change(fault="It is gone.", faulty_since=now())
    changed = await alices.get(poll, htmx=True)
    assert changed.status_code == 200
    assert "It is gone." in changed.text


async def test_a_run_that_was_held_goes_on_when_its_instance_is_switched_on(
    alices: Browser, living_room: Instance, nightly: Queue
) -> None:
    nightly.start(now())
    run = Run.start(nightly, now(), trigger="schedule")
    assert run is not None
    run.finish("held", now(), "Living room is switched off.")
    nightly.change(next_run_at=now() + timedelta(days=31))
    living_room.change(disabled_at=now(), url=NOWHERE)
    on = instance_fields(NOWHERE, name="Living room", api_key="")
    await alices.post(f"/instances/{living_room.id}", method="PATCH", **on)
    assert Instance.get().disabled_at is None
    assert Queue.get().retry_at <= now()


async def test_the_page_names_everything_that_failed(
    alices: Browser, living_room: Instance
) -> None:
    """One is shown first; the others are no secret, and none is said twice."""
    for kind in ("history", "lists"):
        said = {"code": "timeout", "sentence": f"Living room <{kind}> was not told in time."}
        failed(living_room, kind, at=now(), retry_at=now() + timedelta(minutes=1), **said)
    page = (await alices.get(f"/instances/{living_room.id}")).text
    first, _, about = page.partition("About this instance")
    assert "Living room &lt;lists&gt;" in first and "&lt;history&gt;" not in first
    assert "&lt;history&gt;" in about and "&lt;lists&gt;" not in about
