"""Why a season is, or is not, searched as a pack: in words, and the same for the batch."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.runs.by_hand import season_of
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.backlog.seasons import Season
from models.batches import Batch
from models.batches.packs import MOST, cover, wanted_of, why_none
from models.browsing import ItemFilter, read
from models.database import Database, database
from models.explain import explain
from models.instances import Instance, WantedList
from models.queues import Queue
from tests.conftest import START
from tests.wanted import wanted

DAY = timedelta(days=1)
PAST = st.none() | st.integers(1, 40).map(lambda days: START - days * DAY)
EPISODE = st.fixed_dictionaries(
    {"want": st.sampled_from(["missing", "missing", "upgrade"]), "season": st.sampled_from([1, 2])},
    optional={
        "searched_at": PAST,
        "arr_searched_at": PAST,
        "cooldown_until": st.integers(-2, 40).map(lambda days: START + days * DAY),
        "excluded_until": st.sampled_from([START + DAY, None, None, None]),
        "aired_at": st.sampled_from([START - 5 * DAY, START - 400 * DAY, START + DAY]),
        "monitored": st.sampled_from([True, True, True, False]),
        "downloading": st.sampled_from([False, False, False, True]),
    },
)
SEASON = st.fixed_dictionaries(
    {
        "monitored_episodes": st.integers(1, 9),
        "ended": st.booleans(),
        "last_kind": st.sampled_from([None, None, "pack", "episode"]),
    }
)


@pytest.mark.long
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    items=st.lists(EPISODE, max_size=9),
    seasons=st.tuples(SEASON, SEASON),
    packs=st.sampled_from(["when", "always"]),
)
def test_a_run_makes_a_pack_exactly_where_nothing_is_said_against_it(
    db: Database,
    nightly: Queue,
    living_room: Instance,
    items: list[dict[str, Any]],
    seasons: tuple[dict[str, Any], dict[str, Any]],
    packs: str,
) -> None:
    with database.atomic() as transaction:
        for number, facts in enumerate(seasons, 1):
            Season.create(instance=living_room, series_id=5, number=number, **facts)
        for facts in items:
            wanted(living_room, **facts)
        nightly.change(packs=packs, batch_size=50)
        for pick in Batch(nightly, START).picks():
            for item in pick.items:
                assert (why_none(item, packs, START) is None) == pick.is_pack
            own = next(item for item in pick.items if item.want == "missing")
            (turn,) = explain(own, START).turns
            assert (turn.no_pack is None) == pick.is_pack
            assert turn.together == len(pick.items)
        transaction.rollback()


@pytest.fixture
def whole(nightly: Queue, living_room: Instance) -> list[Item]:
    """Eight wanted episodes of a season that a queue would search as a pack."""
    nightly.change(packs="when")
    Season.create(instance=living_room, series_id=5, number=2, monitored_episodes=8, ended=True)
    return [wanted(living_room, season=2) for _ in range(8)]


def _why(items: list[Item]) -> str | None:
    return why_none(Item.get_by_id(items[-1].id), "when", START)


def test_nothing_is_said_where_a_pack_will_be_made_or_none_is_asked_for(whole: list[Item]) -> None:
    assert _why(whole) is None
    Season.update(ended=False).execute()
    assert why_none(whole[0], "never", START) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": Reason.EXCLUDED}, "2 of its 8 wanted episodes are excluded."),
        ({"reason": Reason.UNRELEASED}, "2 of its 8 wanted episodes are not released yet."),
        ({"reason": Reason.DOWNLOADING}, "2 of its 8 wanted episodes are already downloading."),
        (
            {"reason": Reason.COOLDOWN, "searched_at": START - DAY},
            "2 of its 8 wanted episodes were searched lately and must rest first.",
        ),
    ],
)
def test_what_its_episodes_have_against_it_is_counted(
    whole: list[Item], changes: dict[str, Any], words: str
) -> None:
    Item.update(changes).where(Item.id.in_([each.id for each in whole[:2]])).execute()
    assert _why(whole) == f"Season 2 is not searched as a pack: {words}"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ended": False}, "it has not ended."),
        ({"monitored_episodes": 17}, "only 8 of its 17 monitored episodes are wanted."),
        ({"last_kind": "pack"}, "the last one brought nothing, so its episodes have their turn"),
    ],
)
def test_what_its_season_has_against_it_is_said(
    whole: list[Item], changes: dict[str, Any], words: str
) -> None:
    Season.update(changes).execute()
    assert words in (_why(whole) or "")


def test_a_season_without_end_is_no_pack_and_is_not_read_to_its_end(whole: list[Item]) -> None:
    """An instance may tell of a season of a hundred thousand episodes."""
    last = whole[-1]
    more = range(last.arr_id + 1, last.arr_id + 2 * MOST)
    columns = {name: value for name, value in last.__data__.items() if name != "id"}
    Item.insert_many([columns | {"arr_id": each} for each in more]).execute()
    assert len(wanted_of(last)) == MOST + 1
    words = f"Season 2 is not searched as a pack: more than {MOST} of its episodes are wanted."
    assert why_none(last, "always", START) == words
    assert cover(last, "always", START) == [] == season_of(last, START)


def test_the_series_says_it_for_each_of_its_seasons(
    whole: list[Item], living_room: Instance
) -> None:
    wanted(living_room, season=1)
    asked = ItemFilter(instance=living_room.id, series=5)
    assert read(asked, 1, START).no_packs == {
        1: "Season 1 is not searched as a pack: Sonarr has not told about this season yet."
    }
    whole[0].change(reason=Reason.EXCLUDED)
    assert "1 of its 8 wanted episodes is excluded." in read(asked, 1, START).no_packs[2]
    assert read(ItemFilter(), 1, START).no_packs == {}


def test_a_list_in_doubt_holds_the_packs_of_its_episodes(
    whole: list[Item], living_room: Instance
) -> None:
    WantedList.of(living_room, "upgrade").change(doubted_at=START)
    assert _why(whole) is None
    whole[0].change(want="upgrade")
    assert "is in doubt" in (_why(whole) or "")
