"""Slows whoever guesses passwords: by account and by address, kept over a restart."""

import hashlib
from datetime import datetime, timedelta

from peewee import IntegerField, TextField

from models.fields import Table, UtcField

FREE_TRIES = 5
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30))
FORGOTTEN_AFTER = timedelta(hours=24)


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
        cls.sweep(at)
        for subject in subjects:
            row, _ = cls.get_or_create(key=key_of(subject), defaults={"failed_at": at})
            failures = row.failures + 1
            row.change(failures=failures, failed_at=at, blocked_until=_wait(failures, at))

    @classmethod
    def sweep(cls, at: datetime) -> int:
        return cls.delete().where(cls.failed_at < at - FORGOTTEN_AFTER).execute()

    @classmethod
    def forget(cls, subjects: list[str]) -> None:
        cls.delete().where(cls.key.in_([key_of(subject) for subject in subjects])).execute()


def _wait(failures: int, at: datetime) -> datetime | None:
    if failures < FREE_TRIES:
        return None
    return at + WAITS[min(failures - FREE_TRIES, len(WAITS) - 1)]


def key_of(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()
