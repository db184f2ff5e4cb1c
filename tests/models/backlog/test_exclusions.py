"""Decisions that something is not to be searched, and what they do to the items at once."""

from datetime import timedelta

import pytest

from models.backlog import Item, Tally
from models.backlog.eligibility import Policy, Reason
from models.backlog.exclusions import Exclusion, kinds_of
from models.backlog.judging import wake
from models.batches.coverage import may_exclude_for_ever
from models.database.fields import now
from models.instances import Instance
from models.people import User
from models.queues import Queue
from tests.conftest import START
from tests.wanted import wanted

LATER = START + timedelta(days=7)


def excluded() -> set[int]:
    rows = Item.select(Item.id).where(Item.reason == Reason.EXCLUDED)
    return {item.id for item in rows}


@pytest.mark.parametrize(
    ("kind", "numbers"), [("item", [0]), ("season", [0, 1]), ("series", [0, 1, 2])]
)
def test_an_exclusion_covers_what_it_says_and_nothing_else(
    kind: str, numbers: list[int], living_room: Instance, alice: User
) -> None:
    items = [wanted(living_room) for _ in range(2)] + [wanted(living_room, season=2)]
    wanted(living_room, series_id=6)
    made = Exclusion.decide(items[0], kind, until=None, user=alice, at=START)
    assert excluded() == {items[number].id for number in numbers}
    assert all(made.covers(items[number]) for number in numbers)
    assert Tally.get(reason=Reason.EXCLUDED).items == len(numbers)


def test_ids_of_another_instance_are_not_meant(
    living_room: Instance, cinema: Instance, alice: User
) -> None:
    movie = wanted(cinema, arr_id=5)
    wanted(living_room, arr_id=5)
    Exclusion.decide(movie, "item", until=None, user=alice, at=START)
    assert excluded() == {movie.id}


def test_undoing_brings_the_items_back_at_once(living_room: Instance, alice: User) -> None:
    item = wanted(living_room)
    Exclusion.decide(item, "series", until=None, user=alice, at=START).undo(START)
    assert not excluded()
    assert Item.get_by_id(item.id).reason == Reason.ELIGIBLE


def test_of_several_the_last_to_end_counts_and_undoing_one_leaves_the_other(
    living_room: Instance, alice: User
) -> None:
    item = wanted(living_room)
    snooze = Exclusion.decide(item, "item", until=LATER, user=alice, at=START)
    whole = Exclusion.decide(item, "series", until=None, user=alice, at=START)
    assert Exclusion.upon([item], START)[item.id] == [whole, snooze]
    assert Item.get_by_id(item.id).eligible_at is None
    whole.undo(START)
    assert Item.get_by_id(item.id).eligible_at == LATER


def test_a_snooze_ends_by_itself(living_room: Instance, alice: User) -> None:
    item = wanted(living_room)
    Exclusion.decide(item, "item", until=LATER, user=alice, at=START)
    wake(Policy.current(), LATER)
    assert not excluded()
    assert not Exclusion.in_force(LATER).exists()
    assert Exclusion.upon([item], LATER) == {item.id: []}


def test_a_new_decision_about_the_same_stands_in_the_place_of_the_old(
    living_room: Instance, alice: User
) -> None:
    item = wanted(living_room)
    for until in (LATER, None):
        Exclusion.decide(item, "season", until=until, user=alice, at=START)
    assert [row.until for row in Exclusion.select()] == [None]


def test_whoever_decided_it_and_administrators_may_undo_it(
    living_room: Instance, alice: User, bob: User, vera: User
) -> None:
    item = wanted(living_room)
    bobs = Exclusion.decide(item, "item", until=LATER, user=bob, at=START)
    assert bobs.may_be_undone_by(alice) and bobs.may_be_undone_by(bob)
    assert not bobs.may_be_undone_by(vera)
    alices = Exclusion.decide(item, "series", until=LATER, user=alice, at=START)
    assert not alices.may_be_undone_by(bob)


def test_for_ever_is_for_members_whose_own_queues_take_all_of_it(
    living_room: Instance, nightly: Queue, alice: User, bob: User
) -> None:
    item = wanted(living_room)
    whole, alone = Exclusion.of(item, "series"), Exclusion.of(item, "item")
    assert may_exclude_for_ever(alice, whole, now())
    assert not may_exclude_for_ever(bob, alone, now())
    nightly.change(owner=bob)
    assert may_exclude_for_ever(bob, whole, now())
    wanted(living_room, want="upgrade")
    assert not may_exclude_for_ever(bob, whole, now())
    assert may_exclude_for_ever(bob, alone, now())


def test_what_can_be_excluded_depends_on_the_item(living_room: Instance, cinema: Instance) -> None:
    assert kinds_of(wanted(living_room)) == ("item", "season", "series")
    assert kinds_of(wanted(cinema)) == ("item",)
