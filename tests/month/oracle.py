"""The rules that the servers' logs must keep, computed from the rules in the docs.

Nothing of the program is imported here. Moments are seconds since the month began; each function
gives one sentence for each breach.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
BASES = {"missing": 7 * DAY, "upgrade": 14 * DAY}
# How long what came out lately rests, by its age.
FRESH = ((2 * DAY, 6 * HOUR), (4 * DAY, 12 * HOUR), (14 * DAY, 24 * HOUR))
FAILED = 1 * DAY
LONGEST = 60 * DAY
GIVEN_UP_AFTER = 30 * MINUTE


class Sent(NamedTuple):
    """A search that a server took.

    `outcome` is what could be learnt from that server's answers, `ends` when the command was over
    (never, if None), `wants` the items that it covered and why each of them was wanted, `ages` how
    long they had been out (left out where nobody knows). `is_pack`: one search for a whole season.
    """

    at: float
    ends: float | None
    cost: int
    wants: dict[int, str]
    ages: Mapping[int, float]
    outcome: str
    grabbed: frozenset[int] = frozenset()
    is_pack: bool = False


def over_budget(name: str, sent: Iterable[Sent], window: float, limit: int) -> Iterator[str]:
    """Looks at each window that ends with a search; no other one can hold more."""
    inside: list[Sent] = []
    for one in sorted(sent, key=_at):
        inside = [each for each in inside if each.at > one.at - window] + [one]
        spent = sum(each.cost for each in inside)
        if spent > limit:
            yield f"{name}: {spent} of {limit} in the {window / HOUR:g} h before {when(one.at)}."


def most_in(sent: Iterable[Sent], window: float) -> int:
    """The highest sum of costs in any window."""
    inside: list[Sent] = []
    most = 0
    for one in sorted(sent, key=_at):
        inside = [each for each in inside if each.at > one.at - window] + [one]
        most = max(most, sum(each.cost for each in inside))
    return most


def too_close(name: str, sent: Iterable[Sent], spacing: float) -> Iterator[str]:
    for gap, later in gaps(sent):
        if gap < spacing:
            yield f"{name}: {gap:.1f} s after another one, a search at {when(later.at)}."


def gaps(sent: Iterable[Sent]) -> Iterator[tuple[float, Sent]]:
    """Seconds between a search and the one before it."""
    before: Sent | None = None
    for one in sorted(sent, key=_at):
        if before is not None:
            yield one.at - before.at, one
        before = one


def two_at_once(name: str, sent: Iterable[Sent]) -> Iterator[str]:
    """A command of ours begun while another one went on that we had not given up."""
    going_on: list[Sent] = []
    for one in sorted(sent, key=_at):
        going_on = [
            each
            for each in going_on
            if (each.ends is None or each.ends > one.at) and each.at > one.at - GIVEN_UP_AFTER
        ]
        if going_on:
            yield f"{name}: another command was still going on at {when(one.at)}."
        going_on.append(one)


def too_soon(name: str, sent: Iterable[Sent]) -> Iterator[str]:
    """Items that were searched again inside their cooldown."""
    last: dict[int, Sent] = {}
    streaks: dict[int, int] = {}
    for one in sorted(sent, key=_at):
        for item, want in one.wants.items():
            before = last.get(item)
            if before is not None and before.wants[item] == want:
                streaks[item] = streak_after(before, item, streaks.get(item, 0))
                rest = cooldown(before, item, streaks[item])
                if one.is_pack:
                    rest = min(rest, base(before, item))
                free = before.at + rest
                if one.at < free:
                    yield (
                        f"{name}: item {item} was searched at {when(one.at)}, its cooldown was to "
                        f"last until {when(free)} ({outcome_for(before, item)} at "
                        f"{when(before.at)}, {streaks[item]} in a row)."
                    )
            else:
                streaks[item] = 0
            last[item] = one


def outcome_for(sent: Sent, item: int) -> str:
    """The item's own outcome: a season may bring some of its episodes and not the others."""
    if sent.outcome == "grabbed" and sent.grabbed and item not in sent.grabbed:
        return "nothing"
    return sent.outcome


def streak_after(sent: Sent, item: int, streak: int) -> int:
    """How often in a row the item was searched for nothing; the least that can be meant."""
    outcome = outcome_for(sent, item)
    if outcome == "nothing":
        return streak + 1 if fresh_rest(sent, item) is None else max(streak, 1)
    return 0 if item in sent.grabbed else streak


def cooldown(sent: Sent, item: int, streak: int) -> float:
    """Seconds, with the streak that the search left behind."""
    outcome = outcome_for(sent, item)
    if outcome == "no_indexer":
        return 0.0
    if outcome == "failed":
        return FAILED
    rest = base(sent, item)
    if outcome != "nothing" or fresh_rest(sent, item) is not None:
        return rest
    return min(rest * 2 ** (streak - 1), LONGEST)


def base(sent: Sent, item: int) -> float:
    """Seconds before any doubling: all that holds back a search for its whole season."""
    fresh = fresh_rest(sent, item)
    return BASES[sent.wants[item]] if fresh is None else fresh


def fresh_rest(sent: Sent, item: int) -> float | None:
    """Seconds; None for what has been out for long, or is not known to be out."""
    age = sent.ages.get(item)
    if age is None or age < 0:
        return None
    return next((rest for until, rest in FRESH if age < until), None)


def longest(moments: Sequence[float], begins: float, ends: float) -> float:
    """The longest wait for the next of these moments between two others."""
    inside = sorted(each for each in moments if begins <= each <= ends)
    edges = [begins, *inside, ends]
    return max(later - earlier for earlier, later in pairwise(edges))


def when(seconds: float) -> str:
    day, rest = divmod(seconds, DAY)
    return (
        f"day {day:.0f}, {rest // HOUR:02.0f}:{rest % HOUR // MINUTE:02.0f}:{rest % MINUTE:04.1f}"
    )


def _at(sent: Sent) -> float:
    return sent.at
