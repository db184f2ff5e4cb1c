"""S31: exclusions in a file of settings, by the instance's own numbers."""

import html
import json
from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from models.backlog import Item
from models.backlog.exclusions import Exclusion
from models.database.fields import now
from models.files import MOST_EXCLUSIONS, schema
from models.instances import Instance
from models.people import User
from models.people.audit import Event
from tests.fakes.browser import Browser
from tests.security.test_s31_import import KEY, SONARR, document, take_in
from tests.wanted import wanted

EPISODE = {"instance": "Living room", "kind": "item", "id": 7, "title": "Quarry - 1x06"}
SEASON = EPISODE | {"kind": "season", "id": 3, "season": 0, "title": "Quarry, specials"}


def excluded(instance: Instance, user: User, **columns: Any) -> Exclusion:
    told = {"kind": "item", "arr_id": 7, "title": "T", "decided_by": user.name} | columns
    made: Exclusion = Exclusion.create(instance=instance, user=user, created_at=now(), **told)
    return made


async def test_exclusions_taken_in_by_an_empty_household_are_exported_the_same(
    alices: Browser, alice: User
) -> None:
    there = {"key": "living room", "api_key": KEY, "created_at": now()}
    living_room = Instance.create(**SONARR, **there)
    later = now() + timedelta(days=30, milliseconds=7)
    excluded(living_room, alice, until=later, title="Line\nbreak")
    excluded(living_room, alice, kind="series", arr_id=3)
    excluded(living_room, alice, kind="season", arr_id=3, season=0)
    excluded(living_room, alice, arr_id=8, until=now() - timedelta(minutes=1))
    demo = Instance.create(
        name="Demo",
        key="d",
        application="sonarr",
        url="demo://x",
        api_key="",
        demo=True,
        created_at=now(),
    )
    excluded(demo, alice)
    first = await alices.get("/settings/file/export.json")
    Draft202012Validator(schema()).validate(first.json())
    assert [each["kind"] for each in first.json()["exclusions"]] == ["item", "season", "series"]
    assert "alice" not in first.text.lower()
    Instance.delete().execute()
    await take_in(alices, first.text)
    assert (await alices.get("/settings/file/export.json")).content == first.content
    assert {each.decided_by for each in Exclusion.select()} == {alice.name}


async def test_an_exclusion_that_is_taken_in_covers_what_is_wanted(
    alices: Browser, living_room: Instance
) -> None:
    for number in (7, 8):
        wanted(living_room, arr_id=number)
    text = document(exclusions=[EPISODE])
    page = html.unescape((await alices.post("/settings/file/preview", text=text)).text)
    assert "for ever: added" in " ".join(page.split())
    assert "Here this is “" in page and "same server" in page
    await take_in(alices, text)
    ends = {item.arr_id: item.excluded_until for item in Item.select()}
    assert ends[7] is not None and ends[8] is None
    event = Event.recent().first()
    assert (event.action, event.about) == ("settings-imported", "1 exclusion")


async def test_an_exclusion_that_is_here_gets_the_other_end_and_those_not_named_stay(
    alices: Browser, alice: User, living_room: Instance
) -> None:
    kept = excluded(living_room, alice, arr_id=9)
    excluded(living_room, alice, title="Before")
    until = (now() + timedelta(days=9)).isoformat()
    await take_in(alices, document(exclusions=[EPISODE | {"until": until}]))
    rows = {row.arr_id: row for row in Exclusion.select()}
    assert set(rows) == {7, 9} and rows[9] == kept
    assert rows[7].until is not None and rows[9].until is None
    again = await alices.post(
        "/settings/file/preview", text=document(exclusions=[EPISODE | {"until": until}])
    )
    assert "There is nothing to import." in again.text


async def test_an_exclusion_that_has_ended_is_left_out_and_the_page_says_so(
    alices: Browser, living_room: Instance
) -> None:
    text = document(
        household={"hourly_budget": 44}, exclusions=[EPISODE | {"until": "2020-01-01T00:00:00Z"}]
    )
    page = await alices.post("/settings/file/preview", text=text)
    assert "It has ended meanwhile, so it is left out." in page.text
    await take_in(alices, text)
    assert not Exclusion.select().exists()


async def test_a_page_says_when_an_export_cannot_hold_all(
    alices: Browser, alice: User, living_room: Instance
) -> None:
    for number in range(MOST_EXCLUSIONS):
        excluded(living_room, alice, arr_id=number + 1)
    assert "latest 500" not in (await alices.get("/settings/file")).text
    excluded(living_room, alice, arr_id=MOST_EXCLUSIONS + 1)
    assert "latest 500 exclusions" in (await alices.get("/settings/file")).text
    found = (await alices.get("/settings/file/export.json")).json()["exclusions"]
    assert len(found) == MOST_EXCLUSIONS and found[0]["id"] == 2
    page = await alices.post("/settings/file/preview", text=document(exclusions=found))
    assert page.status_code == 200


FAULTS = {
    document(exclusions=[EPISODE]): "exclusions[0].instance: There is no instance “Living room”",
    document(instances=[SONARR], exclusions=[{}]): "exclusions[0].instance: Please fill this in.",
    document(
        instances=[SONARR], exclusions=[EPISODE, EPISODE | {"title": "X"}]
    ): "exclusions[1].instance: exclusions[0] is about the same.",
    document(
        instances=[SONARR], exclusions=[EPISODE | {"kind": "movie"}]
    ): "exclusions[0].kind: Choose one from the list.",
    document(
        instances=[SONARR], exclusions=[EPISODE | {"season": 1}]
    ): "exclusions[0].season: Exactly an exclusion of a season",
    document(
        instances=[SONARR], exclusions=[EPISODE | {"kind": "season"}]
    ): "exclusions[0].season: Exactly an exclusion of a season",
    document(
        instances=[SONARR], exclusions=[EPISODE | {"until": "tomorrow"}]
    ): "exclusions[0].until: Write the moment as",
    document(
        instances=[SONARR], exclusions=[EPISODE | {"until": "2027-03-31T00:00:00"}]
    ): "exclusions[0].until: Write the moment as",
    document(
        instances=[SONARR], exclusions=[EPISODE | {"until": "2999-03-31T00:00:00Z"}]
    ): "exclusions[0].until: Choose a moment within ten years.",
    document(
        instances=[SONARR], exclusions=[EPISODE | {"until": "0001-01-01T00:00:00+23:00"}]
    ): "exclusions[0].until: Write the moment as",
    document(
        instances=[SONARR], exclusions=[EPISODE | {"user": "bob"}]
    ): "exclusions[0].user: There is no such field.",
    document(
        instances=[SONARR], exclusions=[EPISODE | {"id": 2**31}]
    ): "exclusions[0].id: This cannot be used.",
    document(
        instances=[SONARR], exclusions=[EPISODE] * (MOST_EXCLUSIONS + 1)
    ): "exclusions: It has more than 500 entries.",
}


@pytest.mark.parametrize(("text", "sentence"), FAULTS.items(), ids=range(len(FAULTS)))
async def test_each_fault_of_exclusions_is_named_by_its_place_and_nothing_is_changed(
    text: str, sentence: str, alices: Browser
) -> None:
    page = await alices.post("/settings/file/preview", text=text)
    assert page.status_code == 422
    assert sentence in html.unescape(page.text)
    assert not Exclusion.select().exists() and not Instance.select().exists()


async def test_a_season_is_taken_in_with_an_instance_that_is_new(alices: Browser) -> None:
    await take_in(alices, document(instances=[SONARR], exclusions=[SEASON]))
    row = Exclusion.get()
    assert (row.instance.name, row.kind, row.arr_id, row.season) == ("Living room", "season", 3, 0)
    assert json.loads((await alices.get("/settings/file/export.json")).text)["exclusions"] == [
        SEASON
    ]
