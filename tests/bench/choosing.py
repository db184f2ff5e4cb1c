"""The engine's queries between two searches, on the loop."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from models.backlog import Item, Tally
from models.backlog.eligibility import Policy, Reason
from models.backlog.judging import wake
from models.batches import Batch
from models.batches.places import place_in
from models.budgets import Ledger
from models.database import Database
from models.database.fields import now, to_ms
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.queues.filters import Filters
from tests.bench.figures import Figure, median
from tests.bench.program import beside, data_folder
from tests.bench.rows import fill, tag_items

TITLE = "Choice, counts and budgets, on the event loop"
SMALL, LARGE = 50_000, 1_000_000
TIMES = 50
FAST, STALL, ASIDE = 10, 20, 50
LARGE_AIM = 50


def measure() -> list[Figure]:
    return [*_small(), *_large()]


def _small() -> list[Figure]:
    with data_folder() as folder:
        fill(folder, instances=1, items=SMALL, searches=100_000).close_all()
        with beside(folder) as opened:
            queue = Queue.get_by_id(1)
            instance, household = Instance.get_by_id(1), Household.current()
            return [
                *_batches("50,000 items", queue, opened, FAST),
                *_tagged(queue),
                *_smart(queue),
                _figure("counts by reason, 50,000 items", lambda: Tally.recount(1), STALL),
                _figure(
                    "the four budgets, 100,000 searches",
                    lambda: Ledger(household, now()).tightest(instance),
                    FAST,
                ),
                *_waking(household),
            ]


def _large() -> list[Figure]:
    with data_folder() as folder:
        fill(folder, instances=20, items=LARGE, searches=1000).close_all()
        with beside(folder) as opened:
            queue = Queue.get_by_id(1)
            queue.serve(range(1, 21))
            return _batches("1,000,000 items in 20 instances", queue, opened, LARGE_AIM)


def _batches(what: str, queue: Queue, opened: Database, aim: float) -> list[Figure]:
    """First with nothing of the file in the cache of the connection, then as usual."""
    opened.close()
    opened.open()
    cold = _ms(Batch(queue, now()).picks)
    return [
        Figure(f"batch of {what}, first time", cold, "ms", aim),
        _figure(f"batch of {what}", Batch(queue, now()).picks, aim),
    ]


def _tagged(queue: Queue) -> list[Figure]:
    """300 tags, of which every item has some; the 299th is rare, the 300th usual."""
    tag_items(1)
    found = []
    for what, filters in (
        ("with the 299th of 300 tags", Filters(tags_in=["t299"])),
        ("without the 299th of 300 tags", Filters(tags_out=["t299"])),
        ("with a tag that most have", Filters(tags_in=["t300"])),
        ("without a tag that most have", Filters(tags_out=["t300"])),
    ):
        row = Queue(**queue.__data__ | {"filters_json": filters.model_dump_json()})
        found.append(_figure(f"batch of 50,000 items {what}", Batch(row, now()).picks, FAST))
    return found


def _smart(queue: Queue) -> list[Figure]:
    """On the reader thread: it reads 2,000 rows of each list, and weighs 2,000 of them."""
    smart = Queue(**queue.__data__ | {"order": "smart"})
    batch = Batch(smart, now())
    last = Item.select(Item, Instance).join(Instance).where(Item.id == batch.ranking()[-1]).get()
    return [
        _figure("batch of 50,000 items by smart score, aside", batch.picks, ASIDE),
        _figure("an item's place in it, aside", lambda: place_in(smart, last, now()), ASIDE),
    ]


def _waking(household: Household) -> list[Figure]:
    """All items fall due at the same moment, as after a long holiday."""
    at = now()
    past = to_ms(at - timedelta(minutes=1))
    Item.update(reason=Reason.COOLDOWN, eligible_at=past, cooldown_until=past).execute()
    Tally.recount(1)
    policy = Policy.of(household)
    chunks = _until_none(policy, at)
    return [
        Figure("50,000 items fall due at once: longest stall", max(chunks), "ms", STALL),
        Figure("of them: stall of a chunk", median(chunks), "ms", STALL),
        Figure("of them: all together", sum(chunks) / 1000, "s"),
    ]


def _until_none(policy: Policy, at: datetime) -> list[float]:
    chunks = []
    while True:
        began = time.perf_counter()
        woken = wake(policy, at)
        chunks.append((time.perf_counter() - began) * 1000)
        if not woken:
            return chunks


def _figure(what: str, work: Callable[[], object], aim: float) -> Figure:
    return Figure(what, median(_ms(work) for _ in range(TIMES)), "ms", aim)


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
