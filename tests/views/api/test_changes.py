"""Changes by other programs do what the pages do, and are told in the trail with their key."""

import asyncio
import threading

import pytest

from models.backlog.exclusions import Exclusion
from models.household import Household
from models.instances import Instance
from models.people.audit import Event
from models.queues import Queue
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.arr import FakeArr
from tests.programs import Program
from tests.wanted import wanted
from views.api.endpoints import CHANGED_SINCE
from views.instances import KEY_FIRST
from views.previews import STARTED

ANYHOW = {"If-Match": "*"}


async def test_a_queue_is_made_as_the_empty_form_says(
    bobs_program: Program, living_room: Instance
) -> None:
    answer = await bobs_program.ask("POST", "/queues", json={"instances": [1], "batch_size": 3})
    assert answer.status_code == 201
    made = answer.json()
    assert made["name"] == "Missing" and made["catch_up"] and made["batch_size"] == 3
    assert made["time_zone"] == "Europe/Berlin"
    assert answer.headers["location"] == f"/api/v1/queues/{made['id']}"
    assert await bobs_program.get(f"/queues/{made['id']}") == made
    assert (await bobs_program.get(f"/queues/{made['id']}/state"))["state"] == "waiting"
    event = Event.recent().first()
    assert (event.action, event.name) == ("queue-made", "Bob")
    assert event.about.endswith("with the key “write”")


async def test_a_change_leaves_what_it_does_not_name(
    alices_program: Program, nightly: Queue
) -> None:
    before = await alices_program.get("/queues/1")
    changes = {"year_from": 1990, "tags_in": ["4k", "hdr"], "catch_up": True, "weekdays": [1, 3]}
    changes |= {"kind": "weekly", "times": "03:00"}
    answer = await alices_program.ask("PATCH", "/queues/1", json=changes, headers=ANYHOW)
    assert answer.json() == {**before, **changes, "every": answer.json()["every"]}
    clear = {"year_from": None, "tags_in": [], "catch_up": False}
    answer = await alices_program.ask("PATCH", "/queues/1", json=clear, headers=ANYHOW)
    assert {name: answer.json()[name] for name in clear} == clear
    assert answer.json()["kind"] == "weekly"


async def test_the_form_s_own_sentences_stand_at_their_fields(
    alices_program: Program, nightly: Queue
) -> None:
    wrong = {"batch_size": 51, "kind": "cron", "cron": "x", "instances": [77], "name": ""}
    answer = await alices_program.ask("PATCH", "/queues/1", json=wrong, headers=ANYHOW)
    told = {each["field"]: each["detail"] for each in answer.json()["errors"]}
    assert set(told) == {"batch_size", "cron", "name"}
    assert told["batch_size"] == "Type a number of at most 50."
    answer = await alices_program.ask(
        "PATCH", "/queues/1", json={"instances": [77]}, headers=ANYHOW
    )
    assert answer.json()["errors"] == [
        {"field": "instances", "detail": "One of these instances was deleted."}
    ]


async def test_every_unknown_field_is_named(alices_program: Program, nightly: Queue) -> None:
    unknown = {"batch": 1, "nmae": "x"}
    answer = await alices_program.ask("PATCH", "/queues/1", json=unknown, headers=ANYHOW)
    detail = "There is no field “batch”. There is no field “nmae”."
    assert answer.json()["errors"] == [{"field": "", "detail": detail}]


async def test_a_queue_is_started_run_paused_and_deleted(
    alices_program: Program, nightly: Queue
) -> None:
    refused = await alices_program.ask("POST", "/queues/1/runs")
    assert refused.status_code == 409
    assert "not started yet" in refused.json()["detail"]
    answer = await alices_program.ask("POST", "/queues/1/consent", json={"start": "night"})
    assert answer.json()["state"] == "scheduled"
    again = await alices_program.ask("POST", "/queues/1/consent", json={"start": "now"})
    assert (again.status_code, again.json()["detail"]) == (409, STARTED)
    run = await alices_program.ask("POST", "/queues/1/runs", json={"ignore_cooldown": True})
    assert run.status_code == 202 and run.json()["ignores_cooldown"]
    assert run.headers["location"] == "/api/v1/runs/1"
    assert (await alices_program.ask("POST", "/queues/1/runs")).status_code == 409
    paused = await alices_program.ask("POST", "/queues/1/pause")
    assert paused.json()["paused_at"] and Run.get().stop_asked_at
    assert (await alices_program.ask("DELETE", "/queues/1/pause")).json()["paused_at"] is None
    assert (await alices_program.ask("DELETE", "/runs/1")).status_code == 202
    gone = await alices_program.ask("DELETE", "/queues/1", headers=ANYHOW)
    assert gone.status_code == 204 and not Queue.select().exists()


async def test_everything_is_held_and_goes_on(bobs_program: Program, nightly: Queue) -> None:
    assert (await bobs_program.ask("POST", "/hold")).json()["held_at"]
    assert Household.current().held_at
    assert (await bobs_program.ask("DELETE", "/hold")).json() == {"held_at": None}


async def test_an_instance_never_gives_its_key_back(
    alices_program: Program, living_room: Instance
) -> None:
    body = {"application": "sonarr", "name": "Attic", "url": "http://192.168.77.9:1"}
    lacking = await alices_program.ask("POST", "/instances", json=body)
    assert lacking.json()["errors"][0]["field"] == "api_key"
    answer = await alices_program.ask(
        "POST", "/instances", json={**body, "api_key": FakeArr.key, "anyway": True}
    )
    assert answer.status_code == 201 and FakeArr.key not in answer.text
    made = answer.json()
    assert made["verify_tls"] and made["enabled"]
    moved = {"url": "http://192.168.77.10:1", "anyway": True}
    where = f"/instances/{made['id']}"
    refused = await alices_program.ask("PATCH", where, json=moved, headers=ANYHOW)
    assert refused.json()["errors"][0]["field"] == "api_key"
    off = await alices_program.ask("PATCH", where, json={"enabled": False}, headers=ANYHOW)
    assert off.json() == made | {"enabled": False}
    assert Instance.get_by_id(made["id"]).api_key.reveal() == FakeArr.key
    assert (await alices_program.get(f"{where}/state"))["state"] == "disabled"


@pytest.mark.parametrize("tag", ["*", None])
async def test_what_changes_while_a_connection_is_tested_is_not_put_back(
    tag: str | None, alices_program: Program, living_room: Instance, sonarr: FakeArr
) -> None:
    tag = tag or (await alices_program.ask("GET", "/instances/1")).headers["etag"]
    go_on = threading.Event()

    def wait(seen: object) -> None:
        go_on.wait(10)

    sonarr.before = wait
    with sonarr.serve() as url:
        moved = {"url": url, "api_key": FakeArr.key}
        asking = alices_program.ask("PATCH", "/instances/1", json=moved, headers={"If-Match": tag})
        task = asyncio.create_task(asking)
        while not sonarr.log:
            await asyncio.sleep(0.005)
        living_room.change(daily_budget=55)
        go_on.set()
        answer = await task
    assert (answer.status_code, answer.json()["detail"]) == (412, CHANGED_SINCE)
    saved = Instance.get()
    assert saved.daily_budget == 55 and saved.url != url


async def test_a_demo_instance_cannot_be_changed(
    alices_program: Program, living_room: Instance
) -> None:
    living_room.change(demo=True)
    for method, body in (("PATCH", {"json": {}}), ("DELETE", {})):
        answer = await alices_program.ask(method, "/instances/1", headers=ANYHOW, **body)
        assert answer.status_code == 403


async def test_an_item_is_explained_snoozed_and_searched(
    bobs_program: Program, living_room: Instance
) -> None:
    item = wanted(living_room, at=START)
    why = await bobs_program.get(f"/items/{item.id}")
    assert why["reason"] == "eligible" and why["item"]["title"].startswith("Low Water")
    for_ever = {"item": item.id, "kind": "item", "until": ""}
    refused = await bobs_program.ask("POST", "/exclusions", json=for_ever)
    assert refused.json()["errors"][0]["field"] == "until"
    snooze = {"item": item.id, "kind": "item", "until": "7"}
    made = await bobs_program.ask("POST", "/exclusions", json=snooze)
    assert made.status_code == 201 and made.json()["decided_by"] == "Bob"
    assert (await bobs_program.get(f"/items/{item.id}"))["reason"] == "excluded"
    where = made.headers["location"].removeprefix("/api/v1")
    assert (await bobs_program.ask("DELETE", where)).status_code == 204
    assert not Exclusion.select().exists()
    nothing = await bobs_program.ask("POST", "/exclusions", json=snooze | {"item": 999})
    assert nothing.status_code == 404
    asked = await bobs_program.ask("POST", f"/items/{item.id}/searches")
    assert asked.status_code == 202 and asked.json()["is_waiting"]
    again = await bobs_program.ask("POST", f"/items/{item.id}/searches")
    assert again.status_code == 409


async def test_a_refused_change_leaves_no_event(alices_program: Program, nightly: Queue) -> None:
    before = Event.select().count()
    await alices_program.ask("PATCH", "/queues/1", json={"batch_size": 99}, headers=ANYHOW)
    await alices_program.ask("DELETE", "/queues/1", headers={"If-Match": '"x"'})
    await alices_program.ask("POST", "/jobs/nothing/runs")
    assert Event.select().count() == before


async def test_an_instance_whose_key_is_missing_is_not_asked(
    bobs_program: Program, living_room: Instance
) -> None:
    living_room.change(api_key="", disabled_at=START)
    refused = await bobs_program.ask("POST", "/instances/1/syncs")
    assert (refused.status_code, refused.json()["detail"]) == (409, KEY_FIRST)


async def test_a_queue_that_lost_its_instances_has_no_next_run(
    alices_program: Program, nightly: Queue, living_room: Instance
) -> None:
    nightly.start(START)
    assert (await alices_program.get("/queues/1/state"))["next_run_at"]
    living_room.delete_instance()
    told = await alices_program.get("/queues/1/state")
    assert (told["state"], told["next_run_at"]) == ("stuck", None)
    assert told["obstacle"] == "Its instance was deleted."
