"""One title in several instances is not searched twice within an hour on an indexer they share."""

from datetime import timedelta

import pytest

from models.backlog import Item
from models.backlog.snapshots import Snapshot
from models.batches import Batch
from models.batches.apart import GAP, Titles
from models.explain import explain
from models.instances import Instance
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import IndexerLink, LimitedIndexer, ProwlarrIndexer
from models.queues import Queue
from models.searches import Search
from tests.conftest import START
from tests.wanted import wanted

LATER = START + timedelta(minutes=59)


@pytest.fixture
def upstairs(living_room: Instance) -> Instance:
    """Another Sonarr, for the same series in 4K."""
    told = living_room.__data__ | {"id": None, "name": "Upstairs", "key": "upstairs"}
    return Instance.create(**told | {"url": "http://127.0.0.1:9/up"})


def lists(instance: Instance, *names: str) -> None:
    for number, name in enumerate(names, start=1):
        Snapshot.create(instance=instance, kind="indexer", arr_id=number, name=name, fingerprint="")


@pytest.fixture
def pair(living_room: Instance, upstairs: Instance) -> tuple[Item, Item]:
    """The same episode in both, which share an indexer under names in other letters."""
    lists(living_room, "Barnacle", "Only here")
    lists(upstairs, "Lantern", "barnacle ")
    return wanted(living_room, external_id=77), wanted(upstairs, external_id=77)


def searched(item: Item, **facts: object) -> Search:
    search = Search.begin([item], None, START, 1)
    search.change(state="done", outcome="nothing", **facts)
    return search


def test_it_waits_for_an_hour_and_says_for_whom(pair: tuple[Item, Item]) -> None:
    hd, uhd = pair
    searched(hd)
    apart = Titles(LATER).apart([uhd])
    assert apart and apart.until == START + GAP
    assert apart.sentence == (
        f"{hd.instance.name}, which asks the indexer barnacle too, "
        "searched it less than an hour ago"
    )
    assert Titles(START + GAP).apart([uhd]) is None
    assert Titles(LATER).apart([hd]) is None


@pytest.mark.parametrize(
    "facts",
    [{"cost": 0}, {"outcome": "no_indexer"}, {"instance": None}],
)
def test_what_asked_no_indexer_keeps_nothing(
    pair: tuple[Item, Item], facts: dict[str, object]
) -> None:
    searched(pair[0]).change(**facts)
    assert Titles(LATER).apart([pair[1]]) is None


@pytest.mark.parametrize(("number", "automatic"), [(1, True), (2, True), (1, False)])
def test_a_prowlarr_knows_an_indexer_under_two_names(
    number: int, automatic: bool, living_room: Instance, upstairs: Instance
) -> None:
    """One that searches by command do not ask is not shared, whatever it is called."""
    prowlarr = Prowlarr.create(
        name="P", key="p", url="http://prowlarr:9696", api_key="k" * 32, created_at=START
    )
    told = (LimitedIndexer(each, name, True, None, None, False) for each, name in NAMES)
    ProwlarrIndexer.keep(prowlarr, told)
    own = {"automatic": automatic, "place": "prowlarr:9696"}
    for instance, each, name in ((living_room, 1, "Barnacle (Prowlarr)"), (upstairs, number, "4K")):
        IndexerLink.create(instance=instance, arr_id=1, name=name, number=each, **own)
        lists(instance, name)
    hd, uhd = (wanted(each, external_id=77) for each in (living_room, upstairs))
    searched(hd)
    apart = Titles(LATER).apart([uhd])
    assert bool(apart) == (number == 1 and automatic)


NAMES = ((1, "Barnacle"), (2, "Lantern"))


def test_a_trial_and_a_search_under_way_count_too(pair: tuple[Item, Item]) -> None:
    Search.begin([pair[0]], None, START, 1, is_trial=True)
    assert Titles(LATER).apart([pair[1]])


def test_other_titles_and_untold_ids_are_free(
    pair: tuple[Item, Item], upstairs: Instance, cinema: Instance
) -> None:
    """A movie may have the number of an episode."""
    searched(pair[0])
    lists(cinema, "Barnacle")
    others = [wanted(upstairs, external_id=78), wanted(upstairs), wanted(cinema, external_id=77)]
    assert [Titles(LATER).apart([each]) for each in others] == [None] * 3


def test_instances_without_a_common_indexer_do_not_wait(pair: tuple[Item, Item]) -> None:
    searched(pair[0])
    Snapshot.update(name="Elsewhere").where(Snapshot.name == "barnacle ").execute()
    assert Titles(LATER).apart([pair[1]]) is None


def test_the_demo_library_shares_nothing_with_real_instances(pair: tuple[Item, Item]) -> None:
    searched(pair[0])
    pair[1].instance.change(demo=True)
    assert Titles(LATER).apart([pair[1]]) is None


def test_a_season_waits_for_one_of_its_episodes(
    pair: tuple[Item, Item], upstairs: Instance
) -> None:
    searched(pair[0])
    assert Titles(LATER).apart([wanted(upstairs, external_id=80), pair[1]])


def test_a_batch_takes_each_title_once_and_tells_what_it_left_out(
    pair: tuple[Item, Item], nightly: Queue
) -> None:
    nightly.serve([each.instance for each in pair])
    batch = Batch(nightly, START)
    (pick,) = batch.picks()
    (waiting,) = batch.apart
    assert waiting.label == pair[1].label != pick.items[0].id
    assert waiting.line.endswith("less than an hour ago.")


def test_a_batch_fills_the_place_of_what_waits(
    pair: tuple[Item, Item], upstairs: Instance, nightly: Queue
) -> None:
    nightly.serve([upstairs])
    nightly.change(batch_size=1, packs="always")
    searched(pair[0])
    other = wanted(upstairs, external_id=90, season=2)
    assert [pick.items for pick in Batch(nightly, LATER).picks()] == [[other]]


def test_an_item_explains_until_when_it_waits(pair: tuple[Item, Item], nightly: Queue) -> None:
    assert explain(pair[1], LATER).apart is None
    searched(pair[0])
    apart = explain(pair[1], LATER).apart
    assert apart and apart.until == START + GAP
