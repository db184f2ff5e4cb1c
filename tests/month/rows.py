"""Checks the rows at the end of the month, and counts everything anew from them."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.database import Database
from tests.month.household import ZONE

Counts = dict[tuple[str, int, str], Counter[str]]

AGES = (14, 90, 365, 1825)
ATTEMPTS = (2, 3, 4, 6)
FATES = {"imported": "imported", "failed": "import_failed", "ignored": "import_ignored"}
SEARCHES = """
    SELECT queue_id, instance_id, strategy, item_order, indexer, age_days, attempt, local_hour,
        created_at, outcome, fate
    FROM searches WHERE state = 'done' AND cost > 0
"""
COLUMNS = (
    "grabbed",
    "nothing",
    "no_indexer",
    "failed",
    "unknown",
    "imported",
    "import_failed",
    "import_ignored",
)
TALLIES = """
    SELECT instance_id, want, reason, count(*) FROM items GROUP BY 1, 2, 3
    EXCEPT SELECT instance_id, want, reason, items FROM tallies
"""
EMPTY = {
    "runs were left active": "SELECT count(*) FROM runs WHERE state = 'active'",
    "searches were left without an outcome": "SELECT count(*) FROM searches WHERE state != 'done'",
    "searches are done and have no outcome": "SELECT count(*) FROM searches WHERE outcome IS NULL",
    "instances were left syncing": "SELECT count(*) FROM instances WHERE syncing_since IS NOT NULL",
    "tallies differ from the items": f"SELECT count(*) FROM ({TALLIES})",
}


def faults(database: Database) -> Iterator[str]:
    for sentence, query in EMPTY.items():
        (number,) = database.execute_sql(query).fetchone()
        if number:
            yield f"{number} {sentence}."
    for pragma, good in (
        ("integrity_check", [("ok",)]),
        ("cipher_integrity_check", []),
        ("foreign_key_check", []),
    ):
        answer = database.execute_sql(f"PRAGMA {pragma}").fetchall()
        if answer != good:
            yield f"{pragma} says {answer}."
    yield from _differences(_recounted(database), _rolled_up(database))


def _differences(recounted: Counts, kept: Counts) -> Iterator[str]:
    for key in sorted(recounted.keys() | kept.keys()):
        if +recounted[key] != +kept[key]:
            yield f"The roll-up of {key} says {+kept[key]}, the searches say {+recounted[key]}."


def _rolled_up(database: Database) -> Counts:
    found: Counts = defaultdict(Counter)
    names = ", ".join(f'"{column}"' for column in COLUMNS)
    others = "dimension NOT IN ('score', 'instance_want')"
    query = f"SELECT dimension, period, key, {names} FROM yields WHERE {others}"
    for dimension, period, key, *numbers in database.execute_sql(query):
        found[dimension, period, key].update(dict(zip(COLUMNS, numbers, strict=True)))
    return found


def _recounted(database: Database) -> Counts:
    found: Counts = defaultdict(Counter)
    for row in database.execute_sql(SEARCHES):
        *about, created, outcome, fate = row
        day = datetime.fromtimestamp(created / 1000, UTC).astimezone(ZoneInfo(ZONE)).date()
        for dimension, key in _keys(about, outcome):
            for period in (0, int(f"{day:%Y%m}"), int(f"{day:%Y%m%d}")):
                found[dimension, period, key][outcome] += 1
                if fate:
                    found[dimension, period, key][FATES[fate]] += 1
    return found


def _keys(about: Iterable[Any], outcome: str) -> Iterator[tuple[str, str]]:
    queue, instance, strategy, order, indexer, age, attempt, hour = about
    yield "total", "all"
    yield "queue", f"#{queue}"
    yield "instance", f"#{instance}"
    yield "strategy", strategy
    yield "order", order
    yield "age", "" if age is None else str(bisect_right(AGES, age))
    yield "attempt", str(1 + bisect_right(ATTEMPTS, attempt))
    yield "hour", f"{hour:02}"
    if outcome == "grabbed":
        yield "indexer", indexer or ""
