"""What would be found: a search that counts as one, and grabs nothing."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from jobs.arr.api import Api
from jobs.arr.releases import MOST_KEPT
from jobs.engine import Engine
from jobs.runs import by_hand
from jobs.runs.by_hand import Asked
from jobs.searches import recovery, run_errand
from jobs.searches.errands import Errand
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Policy, Reason
from models.batches import packs
from models.budgets import Ledger
from models.database.fields import to_ms
from models.household import Household
from models.instances import Instance
from models.searches import Search
from models.trials import KEPT, Offer, Trial
from models.wishes import Wish
from models.yields import Yield
from tests.asking import People
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock
from tests.jobs.net.raw import Instance as Raw
from tests.wanted import wanted


@pytest.fixture
async def item(engine: Engine, living_room: Instance) -> Item:
    """The first episode that the living room misses."""
    await sync(engine, living_room)
    return Item.get(Item.want == "missing", Item.reason == Reason.ELIGIBLE)


@pytest.fixture
def people(engine: Engine) -> People:
    return People(engine)


async def settled(engine: Engine) -> None:
    while engine.busy:
        await asyncio.sleep(0.001)


def asked(fake: FakeArr) -> list[dict[str, list[str]]]:
    return [seen.query for seen in fake.log if seen.path.endswith("/release")]


def release(number: int, **facts: Any) -> dict[str, Any]:
    told = {"title": f"Low.Water.{number}", "approved": False, "rejected": True}
    return told | {"rejections": ["too small"], "indexer": "Barnacle"} | facts


async def test_it_asks_once_with_the_id_and_keeps_the_releases(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    sonarr.find(item.arr_id)
    assert await people.begin(item, "trial") is None
    assert Asked.of(item).is_trial and people.is_searching(item)
    await settled(engine)
    assert asked(sonarr) == [{"episodeId": [str(item.arr_id)]}]
    trial = Trial.of(item, engine.clock.now())
    assert trial and trial.total == len(trial.shown) > 2 and trial.approved
    (taken,) = [offer for offer in trial.shown if offer.is_taken]
    assert taken.state == "approved" and taken.quality and taken.size and taken.indexer
    assert any(offer.rejections for offer in trial.shown)


async def test_a_radarr_is_asked_with_the_id_of_its_movie(
    engine: Engine, people: People, cinema: Instance, radarr: FakeArr
) -> None:
    await sync(engine, cinema)
    movie = Item.get(Item.instance == cinema, Item.reason == Reason.ELIGIBLE)
    assert await people.begin(movie, "trial") is None
    await settled(engine)
    assert asked(radarr) == [{"movieId": [str(movie.arr_id)]}]
    assert Trial.of(movie, engine.clock.now())


async def test_it_is_a_search_for_budget_cooldown_and_history_but_not_for_the_yield(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    before = Ledger.at(engine.clock.now()).of_instance(item.instance)[0].left
    await people.begin(item, "trial")
    await settled(engine)
    (search,) = Search.of_item(item)
    assert (search.state, search.outcome) == ("done", "looked")
    assert "releases" in search.message and search.cost == 1 and search.run_id is None
    assert Ledger.at(engine.clock.now()).of_instance(item.instance)[0].left == before - 1
    now = Item.get_by_id(item.id)
    assert now.reason == Reason.COOLDOWN and now.streak == 0 and now.searched_at
    base = Policy.current().base(item.want, to_ms(item.aired_at), to_ms(search.created_at))
    assert now.cooldown_until == search.created_at + timedelta(milliseconds=base)
    assert not Yield.select().exists()


async def test_nothing_is_posted(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    sonarr.find(item.arr_id)
    sonarr.log.clear()
    await people.begin(item, "trial")
    await settled(engine)
    assert {seen.method for seen in sonarr.log} == {"GET"}
    assert not sonarr.world.downloads


async def test_no_method_of_the_api_posts_to_anything_but_the_commands() -> None:
    """A POST to `release` would grab one; the api has no way to send it."""
    raw = Raw(command={"id": 5, "name": "x"}, release=[])
    client = raw.client()
    await client.search(7)
    await client.offers(7)
    assert {each.path for each in raw.asked if each.method != "GET"} == {"command"}
    posts = {name for name, each in vars(Api).items() if "POST" in _constants(each)}
    assert posts == {"order"}
    assert Api.order.__annotations__.keys() == {"content", "return"}


def _constants(function: Any) -> tuple[Any, ...]:
    return getattr(getattr(function, "__code__", None), "co_consts", ())


@pytest.mark.parametrize("number", [0, -1])
async def test_without_an_id_nothing_is_asked(number: int) -> None:
    """The application would read the feeds of all its indexers instead."""
    raw = Raw(release=[])
    with pytest.raises(ValueError, match="episodeId"):
        await raw.client().offers(number)
    assert not raw.asked


async def test_a_long_answer_is_counted_whole_and_kept_in_part_with_its_choice(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    """Texts are cut, addresses are taken out, and records that cannot be read are counted."""
    many = [release(number) for number in range(MOST_KEPT + 50)]
    many[0] |= {"rejections": [{"reason": "see http://host/?apikey=secret now" + "x" * 999}]}
    many[1] |= {"rejections": ["a"] * 99, "size": -5, "ageMinutes": 1e11, "seeders": 3}
    many[2] |= {"temporarilyRejected": True, "customFormatScore": -40}
    many[3] |= {"downloadUrl": "http://indexer/?apikey=secret", "guid": "secret"}
    many[4] = {"title": 5}
    many[-1] = release(999, approved=True, rejected=False, rejections=[])
    many[-2] = release(998, approved=True, rejected=False, downloadAllowed=False)
    sonarr.before = lambda seen: Response(200, many) if seen.path.endswith("/release") else None
    await people.begin(item, "trial")
    await settled(engine)
    trial = Trial.of(item, engine.clock.now())
    assert trial and (trial.total, trial.approved) == (len(many), 1)
    shown = trial.shown
    assert len(shown) == MOST_KEPT + 1 and shown[-1].is_taken
    assert [offer.release for offer in shown if offer.is_taken] == ["Low.Water.999"]
    assert len(shown[0].rejections) == 300 and "(address)" in shown[0].rejections
    assert shown[1].rejections.count("a") == 6 and shown[1].size is None
    assert (shown[2].state, shown[2].score) == ("later", -40)
    assert "secret" not in repr([offer.__data__ for offer in Offer.select()])


async def test_a_newer_answer_takes_the_place_of_an_older_one_which_ends_by_itself(
    engine: Engine, people: People, item: Item, sonarr: FakeArr, clock: FastClock
) -> None:
    for _ in range(2):
        await people.begin(item, "trial")
        await settled(engine)
        clock.present += timedelta(hours=1)
    assert Trial.select().count() == 1 and len(asked(sonarr)) == 2
    clock.present += KEPT
    assert Trial.of(item, clock.now()) is None
    assert Trial.sweep(clock.now()) == 1 and not Offer.select().exists()


@pytest.mark.parametrize(
    ("answer", "outcome", "cost"),
    [
        (Response(500, {"message": "Episode with ID 9 does not exist"}), "failed", 1),
        (Response(400, {"message": "Air date is missing"}), "failed", 1),
        (Response(401), "failed", 0),
        (Response(502, b"<html>Bad gateway</html>"), "unknown", 1),
        (Response(200, b"[{", {"content-type": "application/json"}), "unknown", 1),
        (Response(200, {"not": "a list"}), "unknown", 1),
    ],
)
async def test_a_fault_is_a_sentence_on_the_row_and_asks_no_second_time(
    engine: Engine, people: People, item: Item, sonarr: FakeArr,
    answer: Response, outcome: str, cost: int,
) -> None:  # fmt: skip
    sonarr.before = lambda seen: answer if seen.path.endswith("/release") else None
    await people.begin(item, "trial")
    await settled(engine)
    (search,) = Search.of_item(item)
    assert (search.state, search.outcome, search.cost) == ("done", outcome, cost)
    assert search.message and len(asked(sonarr)) == 1
    assert not Trial.select().exists() and not people.is_searching(item)


async def test_where_no_indexer_could_be_asked_no_cooldown_begins_and_no_gate_closes(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    """It lacks interactive indexers perhaps, and searches by command need others."""

    def none(seen: Seen) -> Response | None:
        return Response(200, []) if seen.path.endswith("/release") else None

    sonarr.before = none
    await people.begin(item, "trial")
    await settled(engine)
    (search,) = Search.of_item(item)
    assert search.outcome == "no_indexer"
    assert Item.get_by_id(item.id).reason == Reason.ELIGIBLE
    assert Instance.get_by_id(item.instance_id).fault is None


async def test_one_at_a_time_asks_an_instance_and_a_search_waits_for_it(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    others = list(Item.select().where(Item.reason == Reason.ELIGIBLE, Item.id != item.id).limit(2))
    under_way: list[str] = []
    undone: list[int] = []

    def watch(seen: Seen) -> None:
        if seen.path.endswith("/release") or seen.method == "POST":
            under_way.append(seen.path)
            undone.append(Search.undone().count())

    sonarr.before = watch
    await people.begin(item, "trial")
    await people.begin(others[0])
    await people.begin(others[1], "trial")
    await settled(engine)
    assert len(under_way) == 3 and undone == [1, 1, 1]


async def test_the_same_item_is_not_asked_for_twice_at_a_time(people: People, item: Item) -> None:
    assert await people.begin(item, "trial") is None
    assert await people.begin(item, "search") == by_hand.GOING_ON
    assert await people.begin(item, "trial") == by_hand.GOING_ON
    await settled(people.engine)


@pytest.mark.parametrize("gate", ["held", "disabled", "budget"])
async def test_a_closed_gate_keeps_it_too(
    engine: Engine, people: People, item: Item, sonarr: FakeArr, gate: str
) -> None:
    if gate == "held":
        Household.current().change(held_at=engine.clock.now())
    if gate == "disabled":
        item.instance.change(disabled_at=engine.clock.now())
    if gate == "budget":
        Household.current().change(hourly_budget=0)
    assert await people.begin(item, "trial")
    await run_errand(engine, Errand(item.instance_id, (item.id,), is_trial=True))
    assert not asked(sonarr) and not Search.select().exists()


async def test_one_that_a_dead_program_left_counts_and_is_not_looked_for(
    engine: Engine, item: Item, sonarr: FakeArr, clock: FastClock
) -> None:
    search = Search.begin([item], None, clock.now(), 1, owner=None, is_trial=True)
    sonarr.log.clear()
    recovery.recover(engine)
    await settled(engine)
    search = Search.get_by_id(search.id)
    assert (search.state, search.outcome, search.cost) == ("done", "unknown", 1)
    assert not sonarr.log and not Yield.select().exists()


async def test_what_was_said_of_a_search_is_forgotten_when_releases_are_asked_for(
    engine: Engine, people: People, item: Item, clock: FastClock
) -> None:
    Wish.create(kind="search", about=item.id, asked_at=clock.now(), taken_at=clock.now(),
                ended_at=clock.now(), sentence="Not searched.")  # fmt: skip
    assert people.note(item)
    await people.begin(item, "trial")
    await settled(engine)
    assert people.note(item) is None


async def test_a_season_is_asked_for_as_one_and_stands_on_the_pages_of_its_episodes(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    """Its cost is that of a season search; a person ignores cooldowns here too."""
    first = next(each for each in Item.select() if by_hand.season_of(each, engine.clock.now()))
    whole = by_hand.season_of(first, engine.clock.now())
    lately = engine.clock.now() - KEPT
    whole[1].change(searched_at=lately, cooldown_until=lately + 9 * KEPT)
    assert await people.begin(first, "season-trial") is None
    await settled(engine)
    told = {"seriesId": [str(first.series_id)], "seasonNumber": [str(first.season)]}
    assert asked(sonarr) == [told]
    (search,) = Search.select()
    assert search.is_pack and search.cost == packs.cost(whole) and search.outcome == "looked"
    for each in whole:
        trial = Trial.of(each, engine.clock.now())
        assert trial and trial.search.is_pack
        assert Item.get_by_id(each.id).reason == Reason.COOLDOWN


async def test_a_movie_and_a_lonely_episode_have_no_season_to_ask_for(
    engine: Engine, living_room: Instance, cinema: Instance, clock: FastClock
) -> None:
    for instance in (living_room, cinema):
        assert by_hand.season_of(wanted(instance, season=None), clock.now()) == []
    assert by_hand.season_of(wanted(living_room, season=7), clock.now()) == []
    specials = [wanted(living_room, season=0) for _ in range(2)]
    assert by_hand.season_of(specials[0], clock.now()) == []
