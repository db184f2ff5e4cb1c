"""The sentence at the top of the dashboard changes with the truth."""

from datetime import timedelta

import pytest

from models.budgets import Ledger
from models.dashboard.cards import Card
from models.dashboard.sentence import MOST_TROUBLES, Situation, sentence
from models.household import Household
from models.instances import Instance
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import ProwlarrIndexer
from models.queues import Queue
from models.searches.runs import Run
from tests.conftest import START


def told(**changes: object) -> list[str]:
    instances = list(Instance.by_name())
    household = Household.current()
    cards = Card.all(list(Queue.by_name()), Ledger(household, START), instances)
    situation = Situation(household, cards, instances, {}, [], {}, "")._replace(**changes)
    return [f"{each.name} {each.text}".strip() for each in sentence(situation)]


@pytest.fixture
def started(nightly: Queue) -> Queue:
    nightly.start(START)
    return nightly


def test_an_empty_household(db: object) -> None:
    assert told() == ["Nothing is connected yet."]


def test_a_queue_that_waits_for_consent(nightly: Queue) -> None:
    assert told() == ["Ready: a queue waits for your consent."]


def test_work_with_and_without_releases(started: Queue) -> None:
    assert told() == ["Working.", "No search since yesterday.", "Nightly Next run"]
    found = told(outcomes={"nothing": 3})
    assert found[1] == "No release since yesterday, from 3 searches."
    assert told(outcomes={"nothing": 3, "": 1})[1] == found[1]
    assert told(outcomes={"": 1}) == ["Working.", "Nightly Next run"]
    found = told(outcomes={"nothing": 1_233, "grabbed": 1})
    assert found[1:3] == ["1 release since yesterday,", "from 1\u202f234 searches."]


def test_a_run_a_hold_and_a_server_without_a_leader(started: Queue) -> None:
    assert told(idle="No replica is searching now.")[0].startswith("Nothing is searched.")
    run = Run.start(started, START, trigger="person")
    assert run
    assert told()[0] == "Searching."
    Household.current().change(held_at=START)
    assert told()[0] == "On hold"
    assert not any("Next run" in words for words in told())


def test_queues_of_the_demo_library_count_only_by_themselves(
    started: Queue, living_room: Instance, cinema: Instance
) -> None:
    living_room.change(demo=True)
    assert told() == ["No queue is running."]
    cinema.delete_instance()
    assert told() == ["Working.", "No search since yesterday.", "Nightly Next run"]


def test_a_queue_without_an_instance_does_not_run_any_more(
    started: Queue, living_room: Instance, cinema: Instance
) -> None:
    living_room.delete_instance()
    assert started.runs_no_more
    assert told(stuck=[started]) == ["No queue is running.", "Nightly does not run any more."]
    started.pause(START)
    assert not started.runs_no_more


def test_silent_indexers_are_one_calm_clause(started: Queue) -> None:
    prowlarr = Prowlarr(name="Indexers")
    silent = [
        ProwlarrIndexer(prowlarr=prowlarr, id=each, name=name, silent_since=START)
        for each, name in enumerate(("Barnacle", "Old Lantern", "Paper Crane"), start=1)
    ]
    assert told(silent=silent[:1])[-1] == "Barnacle has gone silent"
    assert told(silent=silent)[-1] == "Barnacle and 2 more indexers have gone silent."


def test_troubles_begin_with_the_name_and_are_not_endless(
    started: Queue, living_room: Instance, cinema: Instance
) -> None:
    since = START - timedelta(hours=1)
    living_room.change(fault="x", fault_code="refused", faulty_since=since)
    cinema.change(fault="x", fault_code="wrong_key", faulty_since=since)
    found = told(failing={"check": "Check the database"}, stuck=[started])
    assert found[3:] == [
        "Cinema is not working",
        "Living room has not answered",
        "Nightly does not run any more.",
        "And 1 more trouble.",
    ]
    assert len(found) == 3 + MOST_TROUBLES + 1
    cinema.change(disabled_at=START)
    assert "Cinema is not working" not in told()
