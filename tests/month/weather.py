"""The faults of a server during the month, drawn beforehand from its seed."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from jobs.demo.library import DAY_S, HOUR_S

MINUTE = 60
STARTING = 40.0


class Spell(NamedTuple):
    """Moments in seconds since the month began."""

    begins: float
    ends: float
    kind: str


class Kind(NamedTuple):
    """How many spells of it there are in 30 days on an average server, and how long each lasts."""

    name: str
    number: float
    shortest: float
    longest: float


KINDS = (
    Kind("refused", 6, 2 * MINUTE, 20 * MINUTE),
    Kind("silent", 3, 1 * MINUTE, 8 * MINUTE),
    Kind("limited", 4, 1 * MINUTE, 6 * MINUTE),
    Kind("bad_gateway", 3, 1 * MINUTE, 6 * MINUTE),
    Kind("unavailable", 3, 1 * MINUTE, 6 * MINUTE),
    Kind("wrong_key", 0.5, HOUR_S, HOUR_S),
    Kind("no_indexer", 2, 1 * HOUR_S, 4 * HOUR_S),
    Kind("restart", 3, STARTING, STARTING),
)
# Shares of all requests that go wrong by themselves, whatever the weather.
MISHAPS = {
    "reset": 0.0008,
    "broken": 0.0004,
    "malformed": 0.0004,
    "error": 0.0006,
    "page": 0.0002,
    "stalled": 0.0002,
}
# And of all commands besides: the answer is lost, or the command itself.
ORDERS = {"lost_answer": 0.012, "lost_order": 0.004}
STIRRED_WHILE_PAGING = 0.03


def spells(seed: int, days: float) -> list[Spell]:
    """The faults in the order of their beginning; the earlier of two at once counts."""
    chance = Random(f"{seed}:weather")
    return sorted(spell for kind in KINDS for spell in _of(kind, chance, days))


def _of(kind: Kind, chance: Random, days: float) -> Iterator[Spell]:
    expected = kind.number * days / 30
    number = int(expected) + (chance.random() < expected % 1)
    for _ in range(number):
        begins = chance.uniform(0.01, days) * DAY_S
        lasts = chance.uniform(kind.shortest, kind.longest)
        yield Spell(begins, begins + lasts, kind.name)


def mishap(chance: Random, method: str) -> str | None:
    """The fault of one request, or None, as nearly always."""
    lot = chance.random()
    own = ORDERS if method == "POST" else {}
    for name, share in {**own, **MISHAPS}.items():
        if lot < share:
            return name
        lot -= share
    return None
