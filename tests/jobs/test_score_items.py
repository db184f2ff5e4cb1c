"""What is wanted for its score: taken, ordered, searched, and let go of."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from jobs.demo.sizes import Size
from jobs.engine import Engine
from jobs.housekeeping.grabs import follow_grabs
from jobs.runs import carry_out
from jobs.scans import scan
from jobs.sync import sync
from jobs.sync.scores import revise
from models.backlog import Item
from models.backlog.eligibility import Policy, Reason, after
from models.backlog.judging import rejudge, wake
from models.batches import Batch
from models.database.fields import from_ms, to_ms
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.scores import FileScore, ScoreChange
from models.scores.items import rest
from models.scores.profiles import ScoreProfile, Standing
from models.scores.shelves import ROUNDS_APART, ScoreScan
from models.searches import Search
from models.searches.grabs import Grab
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock
from tests.timing import every
from tests.wanted import wanted

WANTED = (Item.want == "score") & Item.left_at.is_null()
BIG = Size(missing=300, upgrade=100, searched=0, history=0)


@pytest.fixture
def sonarr(clock: FastClock) -> FakeArr:
    return FakeArr("sonarr", size=BIG, now=clock.now)


@pytest.fixture
def radarr(clock: FastClock) -> FakeArr:
    """A Radarr with some files of good quality."""
    return FakeArr("radarr", size=BIG, now=clock.now)


@pytest.fixture
def tonight(alice: User, cinema: Instance) -> Queue:
    """Alice's queue of the cinema's scores."""
    queue = Queue.create(
        owner=alice,
        name="Score",
        key="score",
        strategy="score",
        order="farthest",
        batch_size=3,
        schedule_json=every(120),
        created_at=START,
    )
    queue.serve([cinema])
    return queue


@pytest.fixture
async def scanned(engine: Engine, cinema: Instance) -> Instance:
    """The cinema after a sync and a whole round of the scan."""
    await sync(engine, cinema)
    await one_round(engine, cinema)
    return cinema


async def one_round(engine: Engine, instance: Instance) -> None:
    for _ in range(50):
        await scan(engine, instance)
        if ScoreScan.of(instance).ended_at:
            return
    raise AssertionError("no round ended")


async def next_round(engine: Engine, instance: Instance, clock: FastClock) -> None:
    clock.advance(seconds=ROUNDS_APART.total_seconds())
    await one_round(engine, instance)


def movie(**told: object) -> Callable[[Seen], Response | None]:
    """Answers each question about one movie so."""

    def answer(seen: Seen) -> Response | None:
        head, _, number = seen.path.rpartition("/")
        return Response(200, {"id": int(number)} | told) if head.endswith("/movie") else None

    return answer


async def test_exactly_the_files_that_a_release_could_better_are_wanted(scanned: Instance) -> None:
    rules = {each.arr_id: each.rules for each in ScoreProfile.of(scanned)}
    below = {
        each.arr_id
        for each in FileScore.select()
        if rules[each.profile_id].standing(each.score, below_quality=each.below_quality)
        == Standing.BELOW
    }
    assert below == {item.arr_id for item in Item.select().where(WANTED)}
    assert 5 < len(below) < FileScore.select().count()
    listed = list(Item.select().where(Item.want != "score"))
    assert len(listed) == 400 and not any(item.left_at for item in listed)


async def test_a_profile_that_forbids_upgrades_lets_go_of_its_items_at_the_next_sync(
    engine: Engine, scanned: Instance, radarr: FakeArr, clock: FastClock
) -> None:
    told = [
        {"id": each.arr_id, "name": "P", "upgradeAllowed": False}
        for each in ScoreProfile.of(scanned)
    ]
    radarr.before = lambda seen: (
        Response(200, told) if seen.path.endswith("/qualityprofile") else None
    )
    clock.advance(hours=7)
    await sync(engine, scanned)
    assert not Item.select().where(WANTED).exists()


async def test_a_file_that_reached_its_cutoff_is_let_go_of(
    engine: Engine, scanned: Instance
) -> None:
    item = Item.select().where(WANTED).first()
    ScoreProfile.update(cutoff_score=1).where(ScoreProfile.arr_id == item.profile_id).execute()
    FileScore.update(score=1).where(FileScore.arr_id == item.arr_id).execute()
    await scan(engine, scanned)
    assert Item.get_by_id(item.id).left_at is not None


async def test_what_becomes_an_upgrade_keeps_that_want(
    engine: Engine, scanned: Instance, clock: FastClock
) -> None:
    item = Item.select().where(WANTED).first()
    item.change(want="upgrade", gap=None)
    await next_round(engine, scanned, clock)
    item = Item.get_by_id(item.id)
    assert (item.want, item.left_at, item.gap) == ("upgrade", None, None)


async def test_what_is_as_good_as_any_seen_rests_at_first_and_the_farthest_comes_first(
    scanned: Instance, tonight: Queue, clock: FastClock
) -> None:
    item = Item.select().where(WANTED).order_by(Item.gap).first()
    score = FileScore.of(scanned, item.arr_id)
    assert score is not None
    ScoreProfile.update(seen=30, best=score.score).execute()
    await revise(scanned, clock.now())
    item = Item.get_by_id(item.id)
    assert (item.gap, item.reason) == (0, Reason.COOLDOWN)
    assert item.cooldown_until <= clock.now() + timedelta(days=90)
    gaps = [pick.items[0].gap for pick in Batch(tonight, clock.now()).picks()]
    free = Item.select(Item.gap).where(WANTED, Item.reason == Reason.ELIGIBLE)
    assert gaps == sorted((gap for (gap,) in free.tuples()), reverse=True)[:3]
    assert len(gaps) == 3 and min(gaps) > 0


async def test_what_was_just_imported_is_read_out_of_turn(
    engine: Engine, scanned: Instance, tonight: Queue, radarr: FakeArr, clock: FastClock
) -> None:
    radarr.world.luck = lambda item, now: True
    run = Run.start(tonight, clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    clock.advance(hours=1)
    radarr.world.now()
    await follow_grabs(engine)
    grabs = list(Grab.select().where(Grab.fate == "imported"))
    assert grabs
    before, cursor = len(radarr.log), ScoreScan.of(scanned).cursor
    await scan(engine, scanned)
    assert [seen.path for seen in radarr.log[before:]] == ["/api/v3/moviefile"]
    assert {each.arr_id for each in ScoreChange.select()} == {each.arr_id for each in grabs}
    assert ScoreScan.of(scanned).cursor == cursor
    before = len(radarr.log)
    await scan(engine, scanned)
    assert len(radarr.log) == before


async def test_a_queue_searches_them_and_the_next_round_notes_the_gain(
    engine: Engine, scanned: Instance, tonight: Queue, radarr: FakeArr, clock: FastClock
) -> None:
    radarr.world.luck = lambda item, now: True
    run = Run.start(tonight, clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    searches = list(Search.select())
    assert len(searches) == 3 and {each.want for each in searches} == {"score"}
    grabbed = [each for each in searches if each.outcome == "grabbed"]
    assert grabbed
    clock.advance(hours=1)
    radarr.world.now()
    await next_round(engine, scanned, clock)
    changes = list(ScoreChange.select())
    assert len(changes) == len(grabbed) and all(each.gain > 0 for each in changes)


async def test_a_file_whose_quality_is_below_the_cutoff_now_is_not_searched_for_its_score(
    engine: Engine, scanned: Instance, tonight: Queue, radarr: FakeArr, clock: FastClock
) -> None:
    low = {"qualityCutoffNotMet": True}
    radarr.before = movie(movieFile=low, monitored=True, hasFile=True)
    run = Run.start(tonight, clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    assert radarr.commands == []
    assert "so it is an upgrade" in Run.get_by_id(run.id).left_out


@pytest.mark.parametrize("why", ["better file", "other profile", "no score"])
async def test_what_no_release_could_better_any_more_is_not_searched(
    engine: Engine, scanned: Instance, tonight: Queue, radarr: FakeArr, why: str
) -> None:
    """The scan may be eleven days old: another program may have replaced the file since."""
    best = max(each.cutoff_score for each in ScoreProfile.of(scanned))

    def answer(seen: Seen) -> Response | None:
        if seen.path.endswith("/moviefile") and why != "other profile":
            file = {"id": 1, "movieId": int(seen.query["movieId"][0])}
            scored = file | {"customFormatScore": best} if why == "better file" else file
            return Response(200, [scored])
        if why == "other profile":
            return movie(qualityProfileId=99, monitored=True, hasFile=True)(seen)
        return None

    radarr.before = answer
    run = Run.start(tonight, engine.clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    assert radarr.commands == [] and not Search.select().exists()
    assert "no release could better its score now" in Run.get_by_id(run.id).left_out


@pytest.mark.parametrize(("points", "searched"), [(0, 1), (10**6, 0)])
async def test_a_sonarr_tells_the_score_with_the_episode(
    engine: Engine, living_room: Instance, sonarr: FakeArr, nightly: Queue, clock: FastClock,
    points: int, searched: int,
) -> None:  # fmt: skip
    await sync(engine, living_room)
    await one_round(engine, living_room)
    nightly.change(strategy="score", batch_size=1)
    scores = {each.arr_id: each.score for each in FileScore.select()}

    def answer(seen: Seen) -> Response | None:
        head, _, number = seen.path.rpartition("/")
        if not head.endswith("/episode"):
            return None
        profile = Item.get(arr_id=int(number)).profile_id
        score = scores[int(number)] + points
        file = {"id": 1, "qualityCutoffNotMet": False, "customFormatScore": score}
        told = {"id": int(number), "monitored": True, "hasFile": True, "episodeFile": file}
        return Response(200, told | {"series": {"monitored": True, "qualityProfileId": profile}})

    sonarr.before = answer
    run = Run.start(nightly, clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    assert len(sonarr.commands) == searched
    assert ("could better" in (Run.get_by_id(run.id).left_out or "")) is not bool(searched)


async def test_a_changed_profile_brings_its_items_back_within_a_week(
    engine: Engine, scanned: Instance, clock: FastClock
) -> None:
    until = clock.now() + timedelta(days=300)
    Item.update(streak=4, cooldown_until=until).where(WANTED).execute()
    ScoreProfile.update(reach=ScoreProfile.reach + 5).execute()
    clock.advance(hours=7)
    await sync(engine, scanned)
    rounds = ScoreScan.of(scanned).round
    await scan(engine, scanned)
    assert ScoreScan.of(scanned).round == rounds + 1
    items = list(Item.select().where(WANTED))
    assert items and {item.streak for item in items} == {0}
    ends = [item.cooldown_until for item in items]
    assert max(ends) <= clock.now() + timedelta(days=7)
    assert max(ends) - min(ends) > timedelta(days=1)


async def test_in_a_month_hardly_a_search_is_for_what_is_as_good_as_any_seen(
    cinema: Instance, tonight: Queue, clock: FastClock
) -> None:
    for place in range(120):
        gap = 500 - place if place < 60 else 0
        key = place * 17_000_000
        wanted(cinema, want="score", gap=gap, random_key=key, searched_at=None)
    rest([item.id for item in Item.select()], clock.now())
    rejudge(Item.instance == cinema, Policy.current(), clock.now())
    gaps = []
    for _ in range(30):
        for pick in Batch(tonight, clock.now()).picks():
            [item] = pick.items
            gaps.append(item.gap)
            now = to_ms(clock.now())
            known = {"searched_at": now, "streak": item.streak, "policy": Policy.current()}
            streak, until = after("nothing", item.facts(), **known)
            told = {"searched_at": clock.now(), "streak": streak, "cooldown_until": from_ms(until)}
            item.judge(Policy.current(), now, **told)
        clock.advance(hours=24)
        wake(Policy.current(), clock.now())
    assert len(gaps) == 90
    assert sum(gap == 0 for gap in gaps) <= len(gaps) * 0.05


async def test_a_queue_of_upgrades_takes_scores_only_if_it_is_told_to(
    scanned: Instance, tonight: Queue, clock: FastClock
) -> None:
    tonight.change(strategy="cutoff", batch_size=50)
    assert {pick.items[0].want for pick in Batch(tonight, clock.now()).picks()} == {"upgrade"}
    tonight.change(with_scores=True)
    wants = {pick.items[0].want for pick in Batch(tonight, clock.now()).picks()}
    assert wants == {"upgrade", "score"}


async def test_a_changed_format_alone_forgets_the_best_and_brings_its_items_back_within_a_week(
    engine: Engine, scanned: Instance, radarr: FakeArr, clock: FastClock
) -> None:
    until = clock.now() + timedelta(days=300)
    Item.update(streak=4, cooldown_until=until).where(WANTED).execute()
    looks = {"implementation": "ReleaseTitleSpecification", "fields": [{"name": "v", "value": 1}]}
    told = [{"id": 1, "name": "Web tier 1", "specifications": [looks]}]
    radarr.before = lambda seen: Response(200, told) if "customformat" in seen.path else None
    clock.advance(hours=7)
    await sync(engine, scanned)
    theirs = {each.arr_id: each for each in ScoreProfile.of(scanned) if each.is_scanned}
    assert {each.learnt_since is None for each in theirs.values()} == {False}
    assert {each.ceiling for each in theirs.values()} == {None}
    assert not FileScore.select().where(~FileScore.is_stale).exists()
    items = list(Item.select().where(WANTED))
    assert {item.streak for item in items} == {0}
    assert all(item.gap == theirs[item.profile_id].reach - score_of(item) for item in items)
    assert max(item.cooldown_until for item in items) <= clock.now() + timedelta(days=7)
    changed = len(radarr.log)
    await sync(engine, scanned)
    assert sum("customformat" in seen.path for seen in radarr.log[changed:]) == 1
    assert ScoreScan.of(scanned).began_at is None
    await one_round(engine, scanned)
    assert not FileScore.select().where(FileScore.is_stale).exists()
    assert sum(each.seen for each in ScoreProfile.of(scanned)) > 20


def score_of(item: Item) -> int:
    file = FileScore.of(item.instance_id, item.arr_id)
    assert file
    return file.score


async def test_grabs_count_for_the_best_score_seen_once_a_round(
    engine: Engine, cinema: Instance, radarr: FakeArr, clock: FastClock
) -> None:
    await sync(engine, cinema)
    movie = next(each for each in radarr.world.items.values() if each.file and each.monitored)
    movie.profile_id = 4
    grab = {"movieId": movie.id, "date": clock.now().isoformat(), "qualityCutoffNotMet": False}
    page = {"totalRecords": 30, "records": [grab | {"customFormatScore": 3_350}] * 30}
    radarr.before = lambda seen: Response(200, page) if seen.path.endswith("/history") else None
    await one_round(engine, cinema)
    profile = ScoreProfile.get(ScoreProfile.arr_id == 4)
    assert (profile.grabs, profile.best_grabbed, profile.ceiling) == (30, 3_350, 3_350)
    await next_round(engine, cinema, clock)
    profile = ScoreProfile.get(ScoreProfile.arr_id == 4)
    assert profile.grabs == 30
