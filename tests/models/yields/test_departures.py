"""Items that left their list, told apart by whether we brought them."""

from datetime import datetime, timedelta

import pytest

from models.backlog import Item
from models.backlog.eligibility import Policy
from models.database import Database
from models.database.fields import to_ms
from models.household import Household
from models.instances import Instance, WantedList
from models.searches import Search
from models.searches.fates import Ending
from models.searches.grabs import Grab
from models.sync.following import Following
from models.sync.mirror import Mirror
from models.yields.departures import Departure, arrivals, bringer, judge_again
from tests.conftest import START
from tests.wanted import wanted

HOUR = timedelta(hours=1)


def grab(item: Item, at: datetime = START) -> Grab:
    """Grabbed by a search by hand, five seconds after it was asked for."""
    search = Search.begin([item], None, at, 1)
    search.change(state="done", outcome="grabbed")
    told = at + timedelta(seconds=5)
    return Grab.keep(
        search,
        Instance.get_by_id(item.instance_id),
        arr_id=item.arr_id,
        download_id=f"ID{item.arr_id}",
        release="Low.Water",
        indexer="Nest",
        at=to_ms(told),
    )


def end(instance: Instance, taken: Grab, fate: str, at: datetime) -> None:
    following = Following(instance, Grab.followed(instance, at))
    following.learn([Ending(taken.arr_id, taken.download_id, "", fate, to_ms(at))], at)


def leave(item: Item, at: datetime) -> None:
    mirror = Mirror(item.instance, Policy.current(), at)
    mirror.leave([item.id])


def brought(item: Item) -> bool | None:
    found: bool | None = Item.get_by_id(item.id).brought
    return found


def figures() -> list[tuple[int, int, int]]:
    rows = Departure.select(Departure.day, Departure.ours, Departure.others)
    return list(rows.order_by(Departure.day).tuples())


def test_what_left_without_a_search_of_ours_is_told_apart(living_room: Instance) -> None:
    ours, others = wanted(living_room), wanted(living_room)
    taken = grab(ours)
    end(living_room, taken, "imported", START + HOUR)
    for item in (ours, others):
        leave(item, START + 2 * HOUR)
    assert (brought(ours), brought(others)) == (True, False)
    assert figures() == [(20260504, 1, 1)]
    assert bringer(Item.get_by_id(ours.id)) == taken.search
    assert bringer(Item.get_by_id(others.id)) is None


@pytest.mark.parametrize(("fate", "ours"), [("imported", True), ("failed", False)])
def test_the_list_may_tell_before_the_history(fate: str, ours: bool, living_room: Instance) -> None:
    item = wanted(living_room)
    taken = grab(item)
    leave(item, START + 2 * HOUR)
    assert brought(item) is True
    end(living_room, taken, fate, START + HOUR)
    assert brought(item) is ours
    assert figures() == [(20260504, int(ours), int(not ours))]


def test_a_grab_may_become_known_after_its_item_has_left(living_room: Instance) -> None:
    item = wanted(living_room)
    leave(item, START + 2 * HOUR)
    assert brought(item) is False
    grab(item)
    judge_again(living_room.id, [item.arr_id])
    assert brought(item) is True
    assert figures() == [(20260504, 1, 0)]


def test_the_same_id_on_another_instance_is_another_item(
    living_room: Instance, cinema: Instance
) -> None:
    item = wanted(living_room)
    end(living_room, grab(item), "imported", START + HOUR)
    other = wanted(cinema, arr_id=item.arr_id)
    leave(other, START + 2 * HOUR)
    assert brought(other) is False


def test_an_import_that_did_not_suffice_does_not_count_for_a_later_leave(
    living_room: Instance,
) -> None:
    """Below the cutoff, it stayed on the list, and a feed brought the rest."""
    item = wanted(living_room, want="upgrade")
    end(living_room, grab(item), "imported", START + HOUR)
    living_room.change(synced_at=START + 5 * HOUR)
    item = Item.get_by_id(item.id)
    leave(item, START + 10 * HOUR)
    assert brought(item) is False


def test_days_are_those_of_the_household(living_room: Instance) -> None:
    Household.current().change(time_zone="Pacific/Auckland")
    leave(wanted(living_room), START + HOUR)
    assert figures() == [(20260505, 0, 1)]


def test_figures_go_with_their_instance(living_room: Instance, db: Database) -> None:
    item = wanted(living_room)
    taken = grab(item)
    leave(item, START + HOUR)
    living_room.delete_instance()
    assert figures() == []
    assert Grab.get_by_id(taken.id).instance_id is None
    taken.search.delete_instance()
    assert not Grab.select().exists()


def test_an_import_that_the_list_does_not_know_of_yet_is_known_of_its_item(
    living_room: Instance,
) -> None:
    item, other = wanted(living_room), wanted(living_room)
    WantedList.of(living_room, "missing").change(synced_at=START)
    end(living_room, grab(item), "imported", START + HOUR)
    end(living_room, grab(other), "failed", START + HOUR)
    assert arrivals([item, other]) == {item.id: START + HOUR}
    WantedList.of(living_room, "missing").change(synced_at=START + 2 * HOUR)
    assert arrivals([item, other]) == {}
