"""The yield over 1,000,000 searches of 1,000,000 items: its pages, and what keeps its figures."""

import importlib.util
import time
from types import ModuleType

from models.backlog.eligibility import DAY_MS
from models.database import Database, database
from models.database.fields import from_ms, now, to_ms
from models.instances import Instance
from models.opening.schema import MIGRATIONS
from models.searches import Search
from models.yields import Yield
from models.yields.departures import Departure
from models.yields.periods import PERIODS
from tests.bench.figures import Figure, median
from tests.bench.pages import Page, alone
from tests.bench.program import beside, data_folder, program
from tests.bench.rows import fill

TITLE = "Yield, with 1,000,000 items and 1,000,000 searches in 20 instances"
INSTANCES, MANY = 20, 1_000_000
TIMES = 200
MOST, STALL = 20, 20


def measure() -> list[Figure]:
    with data_folder() as folder:
        opened = fill(folder, instances=INSTANCES, items=MANY, searches=MANY)
        updating = _count_all(opened)
        _depart()
        opened.close_all()
        with program(folder) as running:
            running.sign_in()
            pages = [
                Page(f"yield, {words.lower()}", f"/yield?period={period}", MOST)
                for period, words in PERIODS.items()
            ]
            figures = [figure for page in pages for figure in alone(running, page)]
        with beside(folder):
            return [*figures, *_counting(), updating]


def _count_all(opened: Database) -> Figure:
    """Fills the roll-ups like the migration from an earlier version."""
    migration = _migration("0004_yields")
    began = time.perf_counter()
    with opened.atomic():
        migration.fill(opened)
    seconds = time.perf_counter() - began
    opened.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return Figure("counting the searches of an earlier version, once", seconds, "s")


def _depart() -> None:
    today = now()
    with database.atomic():
        for instance in Instance.select(Instance.id):
            for days in range(400):
                at = from_ms(to_ms(today) - days * DAY_MS)
                Departure.add(instance.id, at, ours=1, others=2)


def _counting() -> list[Figure]:
    """The time that the roll-ups add to the transactions of an outcome and a fate."""
    outcomes, fates = [], []
    for search in Search.select().where(Search.outcome == "grabbed").limit(TIMES):
        search.change(counted_day=None, fate=None)
        outcomes.append(_ms(search, None))
        search.fate = "imported"
        fates.append(_ms(search, "imported"))
    return [
        Figure("counting an outcome, on the loop", median(outcomes), "ms", STALL),
        Figure("counting a fate, on the loop", median(fates), "ms", STALL),
    ]


def _ms(search: Search, fate: str | None) -> float:
    began = time.perf_counter()
    with database.atomic():
        if fate:
            Yield.count_fate(search, None)
        else:
            Yield.count_outcome(search)
    return (time.perf_counter() - began) * 1000


def _migration(name: str) -> ModuleType:
    """Its file's name is no name of a module."""
    found = importlib.util.spec_from_file_location(name, MIGRATIONS / f"{name}.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module
