"""Throttles: guesses at passwords become slow, by account and by address, also after a restart."""

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
# A try costs 0.2 s and adds two rows: pushing a row out takes longer than the longest wait.
MOST_ROWS = 50_000


class Throttle(Table):
    """The failures of one subject; `key` is a hash, as people type passwords as names."""

    key = TextField(unique=True)
    failures = IntegerField(default=0)
    blocked_until = UtcField(null=True)
    failed_at = UtcField(index=True)

    class Meta:
        table_name = "throttles"

    @classmethod
    def blocked(cls, subjects: list[str], at: datetime) -> datetime | None:
        """The end of the block of these subjects; None if all may try."""
        keys = [key_of(subject) for subject in subjects]
        rows = cls.select().where(cls.key.in_(keys), cls.blocked_until > at)
        return max((row.blocked_until for row in rows), default=None)

    @classmethod
    def admit(cls, subjects: list[str], at: datetime) -> bool:
        """Whether a try may be made now; it is counted as a failure before it is made.

        The statement that counts also asks, so that of many simultaneous tries, on however many
        replicas, no more are admitted than are free.
        """
        if cls.blocked(subjects, at):
            return False
        is_free = cls.blocked_until.is_null() | (cls.blocked_until <= at)
        return cls._counted(subjects, at, is_free) == len(subjects)

    @classmethod
    def count(cls, subjects: list[str], at: datetime) -> None:
        """Counts a failure, in one statement for each subject so that simultaneous tries count."""
        cls._counted(subjects, at)

    @classmethod
    def _counted(cls, subjects: list[str], at: datetime, where: Expression | None = None) -> int:
        """Counts a failure of the subjects for which `where` holds; returns how many they are."""
        cls.sweep(at)
        failures, counted = cls.failures + 1, 0
        for subject in subjects:
            first = {"key": key_of(subject), "failures": 1, "failed_at": at}
            again = {"failures": failures, "failed_at": at, "blocked_until": _wait(failures, at)}
            written = cls.insert(first).on_conflict(
                conflict_target=[cls.key], update=again, where=where
            )
            counted += written.as_rowcount().execute()
        # On a server somebody else may have cleared them all meanwhile.
        newest = cls.select(fn.MAX(cls.id)).scalar() or 0
        cls.delete().where(cls.id <= newest - MOST_ROWS).execute()
        return counted

    @classmethod
    def sweep(cls, at: datetime) -> int:
        return cls.delete().where(cls.failed_at < at - FORGOTTEN_AFTER).execute()

    @classmethod
    def clear(cls, subjects: list[str]) -> None:
        """Clears the count of the account, but not of the address, after a right try."""
        cls.forget(subjects[:1])
        for address in subjects[1:]:
            cls.take_back(address)

    @classmethod
    def take_back(cls, subject: str) -> None:
        """Takes back the failure of a right try, and as many others as leave two tries free."""
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
    """The subjects that count a try at an account: the account first, then the address.

    A browser in which this person has signed in before is counted alone, so that others' guesses,
    even from the same address, do not make the person wait.
    """
    if KnownBrowser.knows(browser_id, user, at):
        return [f"browser {key_of(browser_id or '')} {name}"]
    return [account(name, user, address, at), f"peer:{place_of(address)}"]


def account(name: str, user: User | None, address: str, at: datetime) -> str:
    """The subject for tries at an account, at home or elsewhere.

    Home is every address from which the person signed in during the last 30 days. Guesses from
    elsewhere block the account only for elsewhere.
    """
    place = place_of(address)
    return _at(place, name) if place in Event.places(user, at - AT_HOME_FOR) else name


def accounts(name: str, user: User, at: datetime) -> list[str]:
    """The subjects of an account for all places."""
    return [name, *(_at(place, name) for place in Event.places(user, at - AT_HOME_FOR))]


def _at(place: str, name: str) -> str:
    """A subject for a place; the place comes first, so that no typed name can look like it."""
    return f"at {place} {name}"


def _wait(failures: Expression, at: datetime) -> Case:
    steps = [(failures == FREE_TRIES + step, to_ms(at + wait)) for step, wait in enumerate(WAITS)]
    return Case(None, [(failures < FREE_TRIES, None), *steps], to_ms(at + WAITS[-1]))


def key_of(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()
