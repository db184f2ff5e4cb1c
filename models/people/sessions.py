"""Sessions: one row for each signed-in browser, found by the hash of a random id."""

import json
import secrets
from datetime import datetime, timedelta

from peewee import (
    SQL,
    BooleanField,
    ForeignKeyField,
    ModelSelect,
    TextField,
)

from models.database import database
from models.database.fields import Table, UtcField
from models.database.hashes import hash_of
from models.people import User
from models.people.agents import words_of
from models.people.known_browsers import KnownBrowser

IDLE = timedelta(days=7)
LONGEST = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)


class Session(Table):
    """A session. Only the cookie holds the id, which ends with the person's number.

    `by_proxy` sessions count only in requests in which the trusted proxy names that person.
    """

    id_hash = TextField(unique=True)
    user = ForeignKeyField(User, backref="sessions", on_delete="CASCADE")
    created_at = UtcField()
    seen_at = UtcField()
    address = TextField()
    agent = TextField()
    flash = TextField(null=True)
    by_proxy = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
    browser_hash = TextField(null=True)

    class Meta:
        table_name = "sessions"

    @classmethod
    def begin(
        cls,
        user: User,
        at: datetime,
        address: str,
        agent: str,
        *,
        browser_id: str | None = None,
        by_proxy: bool = False,
    ) -> tuple["Session", str]:
        """Begins a session; returns the row and the id for the cookie."""
        session_id = _new_id(user)
        row = cls.create(
            id_hash=hash_of(session_id),
            user=user,
            created_at=at,
            seen_at=at,
            address=address,
            agent=agent[:200],
            by_proxy=by_proxy,
            browser_hash=browser_id and hash_of(browser_id),
        )
        user.change(signed_in_at=at)
        return row, session_id

    @classmethod
    def of(cls, session_id: str, at: datetime) -> "Session | None":
        """The valid session with this id, if the person may still sign in."""
        row = (
            cls.select(cls, User)
            .join(User)
            .where(
                cls.id_hash == hash_of(session_id),
                cls.seen_at > at - IDLE,
                cls.created_at > at - LONGEST,
                User.disabled_at.is_null(),
            )
            .first()
        )
        if row and row.seen_at < at - SEEN_EVERY:
            database.if_writable(row.change, seen_at=at)
        return row

    @classmethod
    def living(cls, user: User, at: datetime) -> ModelSelect:
        """The person's valid sessions, latest seen first."""
        return (
            cls.select()
            .where(cls.user == user, cls.seen_at > at - IDLE, cls.created_at > at - LONGEST)
            .order_by(cls.seen_at.desc(), cls.id.desc())
        )

    @classmethod
    def end_all(cls, user: User, but: "Session | None" = None) -> int:
        """Ends the person's sessions except `but`, and forgets their browsers; returns how many."""
        theirs = cls.user == user
        if but is not None:
            theirs &= cls.id != but.id
        KnownBrowser.forget(user, but.browser_hash if but else None)
        return cls.delete().where(theirs).execute()

    @classmethod
    def sweep(cls, at: datetime) -> int:
        over = (cls.seen_at <= at - IDLE) | (cls.created_at <= at - LONGEST)
        return cls.delete().where(over).execute()

    def renew(self) -> str:
        """Gives the session a new id and returns it; the old one is worthless from now on."""
        session_id = _new_id(self.user)
        self.change(id_hash=hash_of(session_id))
        return session_id

    def revoke(self) -> None:
        """Ends the session from elsewhere, and forgets its browser."""
        KnownBrowser.delete().where(
            KnownBrowser.user == self.user, KnownBrowser.browser_hash == self.browser_hash
        ).execute()
        self.delete_instance()

    @property
    def device(self) -> str:
        return words_of(self.agent)

    def say(self, sentence: str, kind: str) -> None:
        """Keeps a sentence for the person's next page; `kind` is success, notice or error."""
        self.change(flash=json.dumps({"text": sentence, "kind": kind}))

    def heard(self) -> dict[str, str] | None:
        """The kept sentence, once; with a full disk it may repeat, so that the page still works."""
        if self.flash is None:
            return None
        said = json.loads(self.flash)
        database.if_writable(self.change, flash=None)
        return said


def owner_of(session_id: str) -> int | None:
    """The person's number in a session id, valid or ended; None if there is no number."""
    _, dot, number = session_id.rpartition(".")
    return int(number) if dot and number.isdecimal() and number.isascii() else None


def _new_id(user: User) -> str:
    return f"{secrets.token_urlsafe(32)}.{user.id}"
