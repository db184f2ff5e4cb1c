"""The rules: whether an item may be searched now, and the one reason if not.

Pure functions; all times are epoch ms.
"""

from bisect import bisect_right
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NamedTuple

from models.applications import kind_named
from models.household import Household

# An exclusion without an end ends in the last second of the year 9999.
FOREVER = 253_402_300_799_000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
OWN_SEARCH_LASTS = 35 * MINUTE_MS
# The rest of an item whose score is as good as any seen under its profile, and its longest.
AT_BEST_RESTS = 90 * DAY_MS
AT_BEST_LONGEST = 365 * DAY_MS
# Their first searches are spread over this, so that each has had its turn after 90 days.
AT_BEST_SPREAD = 75 * DAY_MS
# Ages at which the rest of a fresh item becomes longer.
FRESH_STEPS = (2 * DAY_MS, 4 * DAY_MS)


class Reason(IntEnum):
    """Reasons, in the order of the rules; the first rule that refuses gives the reason."""

    ELIGIBLE = 0
    LEFT = 1
    UNMONITORED = 2
    EXCLUDED = 3
    UNRELEASED = 4
    DOWNLOADING = 5
    FILTERED = 6
    COOLDOWN = 7
    PACK = 8

    @property
    def words(self) -> str:
        return WORDS[self]


WORDS = {
    Reason.ELIGIBLE: "eligible",
    Reason.LEFT: "no longer wanted",
    Reason.UNMONITORED: "not monitored",
    Reason.EXCLUDED: "excluded",
    Reason.UNRELEASED: "not released yet",
    Reason.DOWNLOADING: "already downloading",
    Reason.FILTERED: "not of this queue",
    Reason.COOLDOWN: "in cooldown",
    Reason.PACK: "covered by a season pack",
}


class Policy(NamedTuple):
    """The household's cooldowns and grace, in ms.

    `missing` and `upgrade` are the base cooldowns.
    `fresh` are the cooldowns of an item that came out less than `fresh_for` ago: in its first two
    days, in the next two, and after that.
    `longest` is the longest doubled cooldown.
    `failed` is the cooldown after a failed search.
    `grace` is the time after release before the first search.
    """

    missing: int
    upgrade: int
    fresh: tuple[int, int, int]
    fresh_for: int
    longest: int
    failed: int
    grace: int

    @classmethod
    def of(cls, household: Household) -> "Policy":
        return cls(
            missing=household.missing_cooldown_days * DAY_MS,
            upgrade=household.upgrade_cooldown_days * DAY_MS,
            fresh=(
                household.fresh_first_hours * HOUR_MS,
                household.fresh_second_hours * HOUR_MS,
                household.fresh_later_hours * HOUR_MS,
            ),
            fresh_for=household.fresh_days * DAY_MS,
            longest=household.longest_cooldown_days * DAY_MS,
            failed=household.failed_cooldown_days * DAY_MS,
            grace=household.grace_hours * HOUR_MS,
        )

    @classmethod
    def current(cls) -> "Policy":
        return cls.of(Household.current())

    def base(self, want: str, aired_at: int | None, at: int, *, at_best: bool = False) -> int:
        """The cooldown in ms after a search at `at`, before any doubling."""
        if want == "score":
            return AT_BEST_RESTS if at_best else self.upgrade
        if aired_at is not None and self.is_fresh(aired_at, at):
            return self.fresh[bisect_right(FRESH_STEPS, at - aired_at)]
        return self.missing if want == "missing" else self.upgrade

    def is_fresh(self, aired_at: int | None, at: int) -> bool:
        return aired_at is not None and aired_at <= at < aired_at + self.fresh_for

    def doubled(self, base: int, streak: int, *, at_best: bool = False) -> int:
        """The cooldown after `streak` searches in a row that brought nothing, this one included."""
        longest = AT_BEST_LONGEST if at_best else self.longest
        return min(base << min(max(streak - 1, 0), 16), longest)


# The columns of an item that the rules read.
LOOKED_AT = (
    "want",
    "kind",
    "gap",
    "left_at",
    "monitored",
    "available",
    "aired_at",
    "searched_at",
    "arr_searched_at",
    "cooldown_until",
    "excluded_until",
    "downloading",
)


class Facts(NamedTuple):
    """What the rules read of one item.

    `released_at_home` is True for movies. Radarr's `isAvailable` is not enough for them: with a
    minimum availability of *announced* or *in cinemas* it is true long before the release.
    `at_best` is True for an item wanted for its score, if nothing better was ever seen.
    `early` is True for a queue that accepts `isAvailable` all the same.
    """

    want: str
    left: bool
    monitored: bool
    available: bool
    aired_at: int | None
    searched_at: int | None
    arr_searched_at: int | None
    cooldown_until: int | None
    excluded_until: int | None = None
    downloading: bool = False
    released_at_home: bool = False
    early: bool = False
    at_best: bool = False

    def base(self, policy: Policy, at: int) -> int:
        """Its cooldown in ms after a search at `at`, before any doubling."""
        return policy.base(self.want, self.aired_at, at, at_best=self.at_best)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Facts":
        """The facts in a row of LOOKED_AT columns as stored, with moments in epoch ms."""
        return cls(
            want=row["want"],
            left=row["left_at"] is not None,
            monitored=bool(row["monitored"]),
            available=bool(row["available"]),
            aired_at=row["aired_at"],
            searched_at=row["searched_at"],
            arr_searched_at=row["arr_searched_at"],
            cooldown_until=row["cooldown_until"],
            excluded_until=row["excluded_until"],
            downloading=bool(row["downloading"]),
            released_at_home=kind_named(row["kind"]).released_at_home,
            at_best=is_at_best(row["want"], row["gap"]),
        )


def decide(facts: Facts, policy: Policy, now: int) -> tuple[Reason, int | None]:
    """The reason, and when it ends by itself, in epoch ms; None if that is not known."""
    if facts.left:
        return Reason.LEFT, None
    if not facts.monitored:
        return Reason.UNMONITORED, None
    if facts.excluded_until is not None and facts.excluded_until > now:
        for_ever = facts.excluded_until >= FOREVER
        return Reason.EXCLUDED, None if for_ever else facts.excluded_until
    if not facts.available:
        return Reason.UNRELEASED, None
    waits_for_release = not (facts.released_at_home and facts.early)
    if waits_for_release and facts.aired_at is not None and facts.aired_at + policy.grace > now:
        return Reason.UNRELEASED, facts.aired_at + policy.grace
    if facts.downloading:
        return Reason.DOWNLOADING, None
    until = cooldown_until(facts, policy)
    if until is not None and until > now:
        return Reason.COOLDOWN, until
    return Reason.ELIGIBLE, None


def early_at(facts: Facts, policy: Policy, now: int) -> int | None:
    """When a queue that does not wait for releases may search an unreleased movie, in epoch ms.

    None for any other item, and for one that another rule keeps from being searched.
    """
    if decide(facts, policy, now)[0] != Reason.UNRELEASED:
        return None
    reason, _ = decide(facts._replace(early=True), policy, now)
    if reason not in (Reason.ELIGIBLE, Reason.COOLDOWN):
        return None
    return cooldown_until(facts, policy) or 0


def cooldown_until(facts: Facts, policy: Policy) -> int | None:
    """The later end of our own cooldown and the base cooldown of a search by others."""
    ends = [facts.cooldown_until] if facts.cooldown_until is not None else []
    elsewhere = facts.arr_searched_at
    if elsewhere is not None and not _is_ours(elsewhere, facts.searched_at):
        ends.append(elsewhere + facts.base(policy, elsewhere))
    if facts.at_best and facts.searched_at is not None:
        ends.append(facts.searched_at + AT_BEST_RESTS)
    return max(ends, default=None)


def has_rested(facts: Facts, policy: Policy, now: int) -> bool:
    """Whether the base cooldown since the item's last search, by anybody, is over."""
    searches = (facts.searched_at, facts.arr_searched_at)
    last = max((at for at in searches if at is not None), default=None)
    return last is None or last + facts.base(policy, last) <= now


def is_at_best(want: str, gap: int | None) -> bool:
    """Whether the item is wanted for its score, and nothing better was ever seen."""
    return want == "score" and gap is not None and gap <= 0


def _is_ours(arr_searched_at: int, searched_at: int | None) -> bool:
    """Whether a lastSearchTime comes from our own search, which moves it as any other does."""
    if searched_at is None:
        return False
    return arr_searched_at <= searched_at + OWN_SEARCH_LASTS


def after(
    outcome: str, facts: Facts, *, searched_at: int, streak: int, policy: Policy
) -> tuple[int, int | None]:
    """The streak after a search at `searched_at`, and the end of its cooldown.

    All searches of a fresh item that brought nothing count as one.
    """
    base, at_best = facts.base(policy, searched_at), facts.at_best
    doubles = facts.want == "score" or not policy.is_fresh(facts.aired_at, searched_at)
    if outcome == "no_indexer":
        return streak, None
    if outcome == "failed":
        return streak, searched_at + policy.failed
    if outcome == "nothing" and not doubles:
        return max(streak, 1), searched_at + base
    if outcome == "nothing":
        return streak + 1, searched_at + policy.doubled(base, streak + 1, at_best=at_best)
    return (0 if outcome == "grabbed" else streak), searched_at + base
