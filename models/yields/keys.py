"""The keys under which a search is counted, by dimension and by time."""

from bisect import bisect_right
from datetime import date, datetime
from typing import NamedTuple

from models.household import Household
from models.searches import Search

# Bounds of the buckets: days since the item aired or was released, and attempts with this one.
AGES = (14, 90, 365, 1825)
ATTEMPTS = (2, 3, 4, 6)
BY_HAND = "hand"
NOT_TOLD = ""
EVER = 0


class Key(NamedTuple):
    """A key of one dimension; `name` is set where the key alone does not tell its name."""

    dimension: str
    key: str
    name: str = ""


def keys_of(search: Search) -> list[Key]:
    """The keys of a search, one for each dimension; an indexer only if it brought something."""
    found = [
        Key("total", "all"),
        Key("queue", queue_key(search), search.queue_name),
        Key("strategy", _of_queue(search, search.strategy)),
        Key("order", _of_queue(search, search.order)),
        Key(
            "instance",
            _numbered(search.counted_instance, search.instance_name),
            search.instance_name,
        ),
        Key(
            "instance_want",
            instance_want_key(search.counted_instance, search.instance_name, search.want),
        ),
        Key("age", age_key(search.age_days)),
        Key("attempt", str(attempt_bucket(search.attempt))),
        Key("hour", NOT_TOLD if search.local_hour is None else f"{search.local_hour:02}"),
        Key("score", score_key(search.want, search.age_days, search.attempt)),
    ]
    if search.outcome == "grabbed":
        found.append(Key("indexer", search.indexer or NOT_TOLD, search.indexer or ""))
    return found


def queue_key(search: Search) -> str:
    """The queue by its id, which survives renaming; by name if it was deleted before counting."""
    if not search.queue_name:
        return BY_HAND
    return _numbered(search.counted_queue, search.queue_name)


def instance_want_key(number: int | None, name: str, want: str) -> str:
    """An instance and a want; metrics count by both."""
    return f"{_numbered(number, name)}:{want}"


def score_key(want: str, age_days: int | None, attempt: int) -> str:
    return f"{want}:{age_key(age_days)}:{attempt_bucket(attempt)}"


def age_key(days: int | None) -> str:
    """The bucket of an age, 0 for the youngest; "" for an item without a date."""
    return NOT_TOLD if days is None else str(bisect_right(AGES, days))


def attempt_bucket(attempt: int) -> int:
    """The bucket of an attempt; both count from 1."""
    return 1 + bisect_right(ATTEMPTS, attempt)


def periods_of(day: int) -> tuple[int, int, int]:
    """All time, the month and the day; the number of digits tells them apart."""
    return EVER, day // 100, day


def day_number(day: date) -> int:
    """The day as a number: 20260504."""
    return (day.year * 100 + day.month) * 100 + day.day


def month_number(day: date) -> int:
    """Its month as a number: 202605."""
    return day_number(day) // 100


def date_of(number: int) -> date:
    """The day with this number."""
    return date(number // 10_000, number // 100 % 100, number % 100)


def household_day(at: datetime, household: Household) -> date:
    """The date in the household's zone; in UTC if this system does not know the zone."""
    return at.astimezone(household.zone).date()


def _of_queue(search: Search, word: str | None) -> str:
    return word or (NOT_TOLD if search.queue_name else BY_HAND)


def _numbered(number: int | None, name: str) -> str:
    return f"={name}" if number is None else f"#{number}"
