"""Browsers in which a person has signed in before; guesses by others do not block them."""

import secrets
from datetime import datetime, timedelta

from peewee import ForeignKeyField, ModelSelect, TextField

from models.database.fields import Table, UtcField
from models.database.hashes import hash_of
from models.people import User

LASTS = timedelta(days=90)


class KnownBrowser(Table):
    """A browser in which a person has signed in.

    Only a cookie of its own, which outlives the session, holds the id. It signs nobody in: it only
    gives this browser its own count of wrong passwords.
    """

    browser_hash = TextField()
    user = ForeignKeyField(User, backref="known_browsers", on_delete="CASCADE")
    seen_at = UtcField()

    class Meta:
        table_name = "known_browsers"
        indexes = ((("browser_hash", "user"), True),)

    @classmethod
    def remember(cls, browser_id: str | None, user: User, at: datetime) -> str:
        """Remembers the browser; returns its id for the cookie, which is new for an unknown one."""
        known = browser_id is not None and cls._living(browser_id, at).exists()
        kept = browser_id if browser_id is not None and known else secrets.token_urlsafe(32)
        cls.insert(browser_hash=hash_of(kept), user=user, seen_at=at).on_conflict(
            conflict_target=[cls.browser_hash, cls.user], update={"seen_at": at}
        ).execute()
        return kept

    @classmethod
    def knows(cls, browser_id: str | None, user: User | None, at: datetime) -> bool:
        """Whether this person has signed in there; for no person it takes as long."""
        theirs = cls.user == (user.id if user else 0)
        return cls._living(browser_id or "", at).where(theirs).exists()

    @classmethod
    def _living(cls, browser_id: str, at: datetime) -> ModelSelect:
        return cls.select().where(cls.browser_hash == hash_of(browser_id), cls.seen_at > at - LASTS)

    @classmethod
    def forget(cls, user: User, but: str | None = None) -> None:
        """Forgets the person's browsers, except the one with the hash `but`."""
        theirs = cls.user == user
        if but is not None:
            theirs &= cls.browser_hash != but
        cls.delete().where(theirs).execute()

    @classmethod
    def sweep(cls, at: datetime) -> int:
        return cls.delete().where(cls.seen_at <= at - LASTS).execute()
