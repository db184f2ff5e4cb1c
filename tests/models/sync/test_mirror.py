"""What a sync finds gone."""

from datetime import datetime, timedelta
from itertools import chain

from models.backlog import Entry, Item
from models.backlog.eligibility import Policy, Reason
from models.backlog.snapshots import Drift, Snapshot, Thing, notice
from models.database.fields import now, to_ms
from models.instances import Instance
from models.sync import mirror
from models.sync.mirror import Mirror
from tests.conftest import START

ITEMS = 2 * mirror.WALKED + 3


def _entry(arr_id: int) -> Entry:
    want = "missing" if arr_id % 2 else "upgrade"
    nothing = dict.fromkeys(Entry._fields)
    told = {"arr_id": arr_id, "want": want, "title": "Low Water", "sort_title": "low water"}
    return Entry(**nothing | told | {"available": True, "monitored": True, "tags": (), "slug": ""})


def _mirror(instance: Instance, at: datetime | None = None) -> Mirror:
    return Mirror(instance, Policy.current(), at or now())


def test_a_walk_gives_each_item_of_one_list_and_whether_it_was_met(living_room: Instance) -> None:
    entries = [_entry(arr_id) for arr_id in range(1, ITEMS + 1)]
    assert _mirror(living_room).take(entries) == ITEMS

    second = _mirror(living_room)
    assert second.take(entries[10:]) == 0
    found = list(second.walk("missing"))
    absent = [each.id for each in chain(*found) if not each.is_met]
    assert absent == [1, 3, 5, 7, 9]
    assert len(list(chain(*found))) == (ITEMS + 1) // 2
    assert len(found) == 3, "the loop has a turn after each part of the backlog"

    second.leave(absent)
    assert Item.select().where(Item.reason == Reason.LEFT).count() == 5
    assert all(each.is_met for each in chain(*second.walk("missing")))


def test_a_search_in_the_future_counts_from_when_it_was_first_told(living_room: Instance) -> None:
    """A server whose clock was wrong tells the same moment for years."""
    week, later = timedelta(days=7), START + timedelta(days=1)
    told = to_ms(START + timedelta(days=1700))
    entry = _entry(1)._replace(arr_searched_at=told)
    _mirror(living_room, START).take([entry])
    assert _mirror(living_room, later).take([entry]) == 0
    item = Item.get()
    assert (item.arr_searched_at, item.eligible_at) == (START, START + week)

    _mirror(living_room, later).take([entry._replace(arr_searched_at=told + 1)])
    assert Item.get().arr_searched_at == later

    _mirror(living_room, later).take([entry._replace(arr_searched_at=to_ms(START))])
    item = Item.get()
    assert (item.arr_searched_at, item.arr_searched_told) == (START, None)


def test_many_changes_of_one_kind_are_one_sentence(living_room: Instance) -> None:
    things = [Thing("tag", number, f"Tag {number}") for number in range(2_000)]
    assert notice(living_room, things[:2], START) == []
    told = notice(living_room, [Thing("tag", 0, "kids"), *things[2:]], START)
    assert told == [
        "The tag “kids” was changed.",
        "1,998 tags are new.",
        "The tag “Tag 1” is gone.",
    ]
    assert [tag.name for tag in Snapshot.of(living_room, "tag")][:2] == ["kids", "Tag 10"]
    assert Snapshot.select().count() == 1_999
    assert Drift.select().count() == 3
