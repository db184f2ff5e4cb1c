"""Advice: the one change that the figures of a yield suggest, if they hold it."""

from collections.abc import Mapping
from typing import NamedTuple

from models.yields.intervals import Interval, apart, wilson
from models.yields.lines import NOT_TOLD, YieldLine

# Without an answer of any indexer is a worry from this share on, beyond chance.
MANY = 0.1
LATE = ("4", "5")

Tables = Mapping[str, list[YieldLine]]


class Advice(NamedTuple):
    """A suggestion.

    `kind` says what to change: unanswered (an instance), indexer, attempt or queue.
    `line` is what it is about, and `other` is what it is held against, if anything.
    `interval` is of the share that speaks for it.
    """

    kind: str
    line: YieldLine
    other: YieldLine | None = None
    interval: Interval | None = None


def advice(tables: Tables) -> Advice | None:
    """The first suggestion that holds; None where no figures differ by more than chance."""
    return (
        _unanswered(tables["instance"])
        or _differing("indexer", tables["indexer"])
        or _late(tables["attempt"])
        or _differing("queue", tables["queue"])
    )


def _unanswered(instances: list[YieldLine]) -> Advice | None:
    found = [
        (share.low, each, share)
        for each in instances
        if not each.gone and (share := wilson(each.no_indexer, each.searches)) and share.low > MANY
    ]
    if not found:
        return None
    _, line, share = max(found, key=lambda each: each[0])
    return Advice("unanswered", line, interval=share)


def _differing(kind: str, lines: list[YieldLine]) -> Advice | None:
    """The worst of them beside the best."""
    known = [each for each in lines if not each.gone and each.key != NOT_TOLD]
    if kind == "queue":
        known = [each for each in known if each.key.startswith("#")]
        found = apart(known, lambda each: each.interval)
    else:
        found = apart(known, lambda each: each.import_interval)
    if not found:
        return None
    best, worst = found
    return Advice(kind, worst, best, worst.interval if kind == "queue" else worst.import_interval)


def _late(attempts: list[YieldLine]) -> Advice | None:
    """Later attempts, if even the most that they may bring is below half of what the first may."""
    by_key = {each.key: each for each in attempts}
    first = by_key.get("1")
    if not first or not first.interval:
        return None
    for key in LATE:
        line = by_key.get(key)
        if line and line.interval and line.interval.high < first.interval.low / 2:
            return Advice("attempt", line, first, line.interval)
    return None
