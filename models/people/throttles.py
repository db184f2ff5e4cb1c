"""Slows whoever guesses passwords: by account and by address, kept over a restart."""

import hashlib
from datetime import datetime, timedelta

from peewee import Case, Expression, IntegerField, TextField, fn

from models.database.fields import Table, UtcField, to_ms
from models.environment.network import place_of
from models.people import User
from models.people.audit import Event
from models.people.known_browsers import KnownBrowser

FREE_TRIES = 5
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30))
FORGOTTEN_AFTER = timedelta(hours=24)
AT_HOME_FOR = timedelta(days=30)
# Each try costs 0.2 s and adds two rows: to push one out takes longer than the longest wait.
MOST_ROWS = 50_000


class Throttle(Table):
    """`key` is a hash: a mistyped password in the name field is not kept."""

    key = TextField(unique=True)
    failures = IntegerField(default=0)
    blocked_until = UtcField(null=True)
    failed_at = UtcField(index=True)

    class Meta:
        table_name = "throttles"

    @classmethod
    def blocked(cls, subjects: list[str], at: datetime) -> datetime | None:
        """Until when; None when all of them may try."""
        keys = [key_of(subject) for subject in subjects]
        rows = cls.select().where(cls.key.in_(keys), cls.blocked_until > at)
        return max((row.blocked_until for row in rows), default=None)

    @classmethod
    def count(cls, subjects: list[str], at: datetime) -> None:
        """One statement for each, so that tries at the same moment are all counted."""
        cls.sweep(at)
        for subject in subjects:
            first = {"key": key_of(subject), "failures": 1, "failed_at": at}
            failures = cls.failures + 1
            counted = {"failures": failures, "failed_at": at, "blocked_until": _wait(failures, at)}
            cls.insert(first).on_conflict(conflict_target=[cls.key], update=counted).execute()
        newest = cls.select(fn.MAX(cls.id)).scalar()
        cls.delete().where(cls.id <= newest - MOST_ROWS).execute()

    @classmethod
    def sweep(cls, at: datetime) -> int:
        return cls.delete().where(cls.failed_at < at - FORGOTTEN_AFTER).execute()

    @classmethod
    def clear(cls, subjects: list[str]) -> None:
        """A try of `counted_by` was right: forgets the account's count, not the address's."""
        cls.forget(subjects[:1])
        for address in subjects[1:]:
            cls.take_back(address)

    @classmethod
    def take_back(cls, subject: str) -> None:
        """A try that was right: what was counted before is kept, but leaves two more."""
        this = cls.key == key_of(subject)
        most = FREE_TRIES - 2
        left = Case(None, [(cls.failures - 1 < most, cls.failures - 1)], most)
        cls.update(failures=left, blocked_until=None).where(this).execute()
        cls.delete().where(this, cls.failures <= 0).execute()

    @classmethod
    def forget(cls, subjects: list[str]) -> None:
        cls.delete().where(cls.key.in_([key_of(subject) for subject in subjects])).execute()


def counted_by(
    name: str, user: User | None, address: str, browser_id: str | None, at: datetime
) -> list[str]:
    """By what a try at an account is counted: first what a right one clears, then the address.

    A browser in which this person has signed in before is counted by itself alone, so that guesses
    of others, also behind the same address, do not make its owner wait.
    """
    if KnownBrowser.knows(browser_id, user, at):
        return [f"browser {key_of(browser_id or '')} {name}"]
    return [account(name, user, address, at), f"peer:{place_of(address)}"]


def account(name: str, user: User | None, address: str, at: datetime) -> str:
    """By what the tries at an account are counted: at home apart from everywhere else.

    At home is wherever that person came in from during the last 30 days. Whoever guesses elsewhere
    blocks the account for elsewhere, and the person at home comes in still.
    """
    place = place_of(address)
    return _at(place, name) if place in Event.places(user, at - AT_HOME_FOR) else name


def accounts(name: str, user: User, at: datetime) -> list[str]:
    """The same, of all places."""
    return [name, *(_at(place, name) for place in Event.places(user, at - AT_HOME_FOR))]


def _at(place: str, name: str) -> str:
    """The place comes first, so that no name that somebody types looks like this."""
    return f"at {place} {name}"


def _wait(failures: Expression, at: datetime) -> Case:
    steps = [(failures == FREE_TRIES + step, to_ms(at + wait)) for step, wait in enumerate(WAITS)]
    return Case(None, [(failures < FREE_TRIES, None), *steps], to_ms(at + WAITS[-1]))


def key_of(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()
