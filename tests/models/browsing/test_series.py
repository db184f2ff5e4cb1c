"""Series as grids of cells, and the next turn of an item."""

from datetime import timedelta

import pytest

from models.backlog.seasons import Season
from models.browsing import ItemFilter, read
from models.browsing.series import SeriesCells, cells_of, read_series
from models.browsing.turns import next_turns
from models.database.fields import now
from models.instances import Instance
from models.queues import Queue
from tests.conftest import START
from tests.wanted import wanted


def _shape(series: SeriesCells) -> list[tuple[int | None, list[int | None]]]:
    return [(each.number, [cell.episode for cell in each.cells]) for each in series.seasons]


def test_a_series_is_its_seasons_with_a_cell_for_each_wanted_episode(
    living_room: Instance, cinema: Instance
) -> None:
    wanted(cinema)
    wanted(living_room, season=2, episode=4)
    wanted(living_room, season=1, episode=3, want="upgrade")
    wanted(living_room, season=1, episode=1, monitored=False)
    wanted(living_room, season=1, episode=2, left_at=START)
    wanted(living_room, series_id=6, series_title="Amber", sort_title="amber", episode=9)
    Season.create(instance=living_room, series_id=5, number=2, monitored_episodes=8)
    amber, low_water = read_series(ItemFilter(), "").series
    assert (amber.title, _shape(amber)) == ("Amber", [(1, [9])])
    assert _shape(low_water) == [(1, [1, 3]), (2, [4])]
    assert [each.monitored for each in low_water.seasons] == [None, 8]
    assert cells_of(living_room, 5) == low_water
    assert cells_of(living_room, 99) is None


def test_pages_of_series_follow_each_other_and_none_is_torn(
    living_room: Instance, cinema: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.browsing.series.CELLS", 4)
    for number in range(5):
        for _ in range(3):
            wanted(living_room, series_id=number, sort_title="same" if number < 3 else "then")
    for _ in range(6):
        wanted(living_room, series_id=9, sort_title="zoo")
    keys, after, cut = [], "", []
    for _ in range(9):
        page = read_series(ItemFilter(), after)
        keys += [each.series_id for each in page.series]
        cut += [each.series_id for each in page.series if each.is_cut]
        if page.after is None:
            break
        after = page.after
    assert keys == [0, 1, 2, 3, 4, 9]
    assert cut == [9]


@pytest.mark.parametrize("after", ["", "-", "x-1", "1-99", "9" * 40 + "-1", "1-1-1"])
def test_a_place_that_is_not_there_is_the_beginning(after: str, living_room: Instance) -> None:
    wanted(living_room)
    assert len(read_series(ItemFilter(), after).series) == 1


def test_filters_hold_for_series_too(living_room: Instance) -> None:
    wanted(living_room, title="Ice")
    wanted(living_room, title="Fire", monitored=False)
    for chosen in (ItemFilter(text="ice"), ItemFilter(letter="l", instance=living_room.id)):
        (series,) = read_series(chosen, "").series
        assert "Ice" in [cell.title for cell in series.cells]
    assert read_series(ItemFilter(letter="m"), "").series == []


def test_the_next_turn_is_the_soonest_run_of_a_queue_that_takes_the_item(
    nightly: Queue, living_room: Instance, cinema: Instance
) -> None:
    at = now()
    missing, upgrade = wanted(living_room), wanted(living_room, want="upgrade")
    resting = wanted(living_room, cooldown_until=at + timedelta(days=1), at=at)
    elsewhere = wanted(cinema)
    found = read(ItemFilter(), 1, at).items
    assert {item.id for item in found} == {missing.id, upgrade.id, resting.id, elsewhere.id}
    assert {key: turn.at for key, turn in next_turns(found, at).items()} == {missing.id: None}
    for days, name in ((2, "Later"), (1, "Sooner")):
        copy = nightly.__data__ | {"id": None, "name": name, "key": name, "started_at": at}
        queue = Queue.create(**copy | {"next_run_at": at + timedelta(days=days)})
        queue.serve([living_room])
    turns = next_turns(found, at)
    assert turns.keys() == {missing.id}
    assert turns[missing.id].queue.name == "Sooner"
    assert turns[missing.id].at == Queue.get(name="Sooner").next_run_at
