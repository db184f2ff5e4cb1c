"""What changes of an instance mean for the cooldowns of its items."""

from datetime import timedelta

from models.backlog import Item
from models.backlog.snapshots import Thing, notice
from models.instances import Instance
from tests.conftest import START
from tests.wanted import wanted

WEEK = timedelta(days=7)


def test_a_new_indexer_ends_doubled_cooldowns_one_by_one_within_a_week(
    living_room: Instance,
) -> None:
    notice(living_room, [Thing("indexer", 1, "Paper Crane")], START)
    for place in range(30):
        until = START + timedelta(days=50)
        wanted(living_room, random_key=place * 50_000_000, streak=3, cooldown_until=until)
    notice(living_room, [Thing("indexer", n, f"Indexer {n}") for n in (1, 2)], START)
    ends = [item.cooldown_until for item in Item.select()]
    assert {item.streak for item in Item.select()} == {0}
    assert min(ends) >= START and max(ends) <= START + WEEK
    assert len({end.date() for end in ends}) >= 6
