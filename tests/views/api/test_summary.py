"""The summary tells the same as the pages, in a shape that dashboards can map."""

from datetime import timedelta
from typing import Any

import pytest

from models import happenings
from models.backlog import Tally
from models.backlog.eligibility import Reason
from models.database import Database, database
from models.database.fields import now
from models.database.locks import Lock
from models.household import Household
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from models.yields.table import Yield
from tests.fakes.browser import Browser
from tests.programs import Program
from tests.views.api.conftest import searched


@pytest.fixture(autouse=True)
def _led(db: Database) -> None:
    """On a server, somebody searches."""
    db.try_lock(Lock.LEADER)


@pytest.fixture
def library(living_room: Instance, cinema: Instance, nightly: Queue) -> Queue:
    """Items of two instances, a run, and a search of now that grabbed something."""
    for instance, want, reason, items in (
        (living_room, "missing", Reason.ELIGIBLE, 70),
        (living_room, "missing", Reason.COOLDOWN, 20),
        (living_room, "upgrade", Reason.EXCLUDED, 3),
        (living_room, "missing", Reason.LEFT, 900),
        (cinema, "score", Reason.UNRELEASED, 4),
    ):
        Tally.create(instance=instance, want=want, reason=reason, items=items)
    living_room.change(downloads=6)
    run = Run.create(queue=nightly, queue_name="Nightly", trigger="x", started_at=now())
    searched(run)
    search = Search.get()
    search.change(created_at=now(), application="sonarr", strategy="", order="")
    Yield.count_outcome(search)
    search.change(fate="imported")
    Yield.count_fate(search, None)
    nightly.change(started_at=now(), next_run_at=now() + timedelta(hours=1))
    return nightly


async def summary(app: Any, user: User, scope: str) -> dict[str, Any]:
    async with Program(app, user, scope) as program:
        found: dict[str, Any] = await program.get("/summary")
        return found


async def test_it_tells_the_kept_counts(alices_program: Program, library: Queue) -> None:
    told = await alices_program.get("/summary")
    assert (told["schema"], told["status"]) == (1, "ok")
    assert told["totals"] == {
        "missing": 90,
        "upgrades": 7,
        "eligible": 70,
        "cooldown": 20,
        "excluded": 3,
        "unreleased": 4,
        "searches_today": 1,
        "searches_7d": 1,
        "grabs_7d": 1,
        "imports_7d": 1,
        "queue": 6,
    }
    assert told["budget"]["left"] == told["budget"]["limit"] - told["budget"]["used"]
    assert told["next_run_at"] > told["last_run_at"]
    cinema, living = told["instances"]
    assert (cinema["slug"], cinema["cutoff"], cinema["last_run_at"]) == ("cinema", 4, None)
    assert (living["missing"], living["grabs_7d"]) == (90, 1)
    assert told["by_slug"] == {"cinema": cinema, "living-room": living}
    assert told["recent"][0]["title"] == "The River"
    assert "error" not in told


async def test_titles_need_a_key_for_them(unhurried: Browser, library: Queue, alice: User) -> None:
    numbers = await summary(unhurried.app, alice, "totals")
    assert numbers["recent"] == [] and numbers["totals"]["missing"] == 90
    alice.change(masked=True)
    masked = await summary(unhurried.app, alice, "read")
    assert masked["recent"][0]["title"].startswith("Title ")


async def test_what_happens_shows_at_once(alices_program: Program, library: Queue) -> None:
    await alices_program.get("/summary")
    with database.atomic():
        Household.update(held_at=now()).execute()
        happenings.note("held", now(), {})
    told = await alices_program.get("/summary")
    assert (told["status"], told["next_run_at"]) == ("paused", None)


@pytest.mark.parametrize(("both", "word"), [(False, "warning"), (True, "error")])
async def test_a_fault_is_told(
    both: bool, word: str, alices_program: Program, library: Queue, living_room: Instance
) -> None:
    faulty = Instance.update(fault="It is away.", fault_code="timeout")
    (faulty if both else faulty.where(Instance.id == living_room.id)).execute()
    told = await alices_program.get("/summary")
    sentence = "2 instances are not working." if both else "Living room is not working."
    assert (told["status"], told["status_message"]) == (word, sentence)


async def test_runs_of_the_demo_library_count_only_by_themselves(
    alices_program: Program, library: Queue, living_room: Instance, cinema: Instance
) -> None:
    living_room.change(demo=True)
    told = await alices_program.get("/summary")
    assert (told["next_run_at"], told["last_run_at"]) == (None, None)
    cinema.delete_instance()
    with database.atomic():
        happenings.note("instance-deleted", now(), {})
    told = await alices_program.get("/summary")
    assert told["next_run_at"] and told["last_run_at"]


async def test_a_queue_whose_instance_was_deleted_is_told_and_has_no_next_run(
    alices_program: Program, library: Queue, living_room: Instance
) -> None:
    living_room.delete_instance()
    told = await alices_program.get("/summary")
    assert (told["status"], told["next_run_at"]) == ("warning", None)
    assert told["status_message"] == "Nightly does not run any more."


async def test_two_names_of_one_slug_stay_apart(
    alices_program: Program, living_room: Instance, cinema: Instance
) -> None:
    cinema.change(name="Living  Room!")
    told = await alices_program.get("/summary")
    assert set(told["by_slug"]) == {"living-room", f"living-room-{cinema.id}"}


async def test_a_slug_with_a_number_stays_apart_from_a_name_with_it(
    alices_program: Program, living_room: Instance, cinema: Instance
) -> None:
    third = Instance.create(**cinema.__data__ | {"id": None, "name": "Attic!", "key": "attic!"})
    living_room.change(name=f"Attic {third.id}")
    cinema.change(name="Attic")
    told = await alices_program.get("/summary")
    assert set(told["by_slug"]) == {"attic", "attic-3", "attic-3-3"}


async def test_an_empty_household_has_a_summary(alices_program: Program) -> None:
    told = await alices_program.get("/summary")
    assert (told["status"], told["instances"], told["next_run_at"]) == ("warning", [], None)
