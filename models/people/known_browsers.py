"""Browsers in which somebody has signed in before: strangers' wrong guesses do not hold them up."""

import secrets
from datetime import datetime, timedelta

from peewee import ForeignKeyField, ModelSelect, TextField

from models.database.fields import Table, UtcField
from models.database.hashes import hash_of
from models.people import User

LASTS = timedelta(days=90)


class KnownBrowser(Table):
    """The id itself is only in a cookie of its own, which outlives the session.

    It signs nobody in: it only moves the count of wrong passwords to this browser.
    """

    browser_hash = TextField()
    user = ForeignKeyField(User, backref="known_browsers", on_delete="CASCADE")
    seen_at = UtcField()

    class Meta:
        table_name = "known_browsers"
        indexes = ((("browser_hash", "user"), True),)

    @classmethod
    def remember(cls, browser_id: str | None, user: User, at: datetime) -> str:
        """The id for the cookie: a new one, unless somebody has signed in with this one before."""
        known = browser_id is not None and cls._living(browser_id, at).exists()
        kept = browser_id if browser_id is not None and known else secrets.token_urlsafe(32)
        cls.insert(browser_hash=hash_of(kept), user=user, seen_at=at).on_conflict(
            conflict_target=[cls.browser_hash, cls.user], update={"seen_at": at}
        ).execute()
        return kept

    @classmethod
    def knows(cls, browser_id: str | None, user: User | None, at: datetime) -> bool:
        """Whether this person has signed in there; for nobody, it looks as long in vain."""
        theirs = cls.user == (user.id if user else 0)
        return cls._living(browser_id or "", at).where(theirs).exists()

    @classmethod
    def _living(cls, browser_id: str, at: datetime) -> ModelSelect:
        return cls.select().where(cls.browser_hash == hash_of(browser_id), cls.seen_at > at - LASTS)

    @classmethod
    def forget(cls, user: User, but: str | None = None) -> None:
        """All of this person's; `but` is the hash of one that stays known."""
        theirs = cls.user == user
        if but is not None:
            theirs &= cls.browser_hash != but
        cls.delete().where(theirs).execute()

    @classmethod
    def sweep(cls, at: datetime) -> int:
        return cls.delete().where(cls.seen_at <= at - LASTS).execute()
