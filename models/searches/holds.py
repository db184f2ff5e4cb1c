"""The times at which a run was held, and by which gates."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec

from models.database.fields import from_ms

# A run that is held more often keeps the latest.
MOST = 20
# Characters of a sentence that are kept.
LONGEST = 300


class Hold(msgspec.Struct, frozen=True):
    """`since` is in epoch ms; `gates` are words of the form code:instance, "" where not known."""

    since: int
    gates: str
    sentence: str


class Held(NamedTuple):
    """One time at which a run was held. `until` is None while it goes on."""

    since: datetime
    until: datetime | None
    sentence: str


def with_hold(kept: str, hold: Hold, *, goes_on: bool) -> str:
    """The JSON of a run's holds with one more.

    `goes_on`: nothing was sent since the last one, so the same gates are still the same hold.
    """
    holds = _decoded(kept)
    if not (goes_on and holds and holds[-1].gates == hold.gates):
        holds.append(hold)
    return msgspec.json.encode(holds[-MOST:]).decode()


def times_held(kept: str, sent: Iterable[datetime], ended: datetime | None) -> list[Held]:
    """The holds of a run as times: each ends with the next search, the next hold or the run.

    `sent` are the moments of the run's searches; `ended` is None for a run that is held or active.
    """
    holds = _decoded(kept)
    begun = [from_ms(hold.since) for hold in holds]
    ends = [*sent, *begun, *([ended] if ended else [])]
    return [
        Held(since, _next_after(since, ends), hold.sentence)
        for since, hold in zip(begun, holds, strict=True)
    ]


def _next_after(since: datetime, ends: Iterable[datetime]) -> datetime | None:
    return min((each for each in ends if each > since), default=None)


def _decoded(kept: str) -> list[Hold]:
    return msgspec.json.decode(kept, type=list[Hold])
