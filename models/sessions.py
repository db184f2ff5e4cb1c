"""Who is signed in: one row a browser, found by the hash of a random id."""

import hashlib
import json
import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from peewee import ForeignKeyField, ModelSelect, OperationalError, TextField

from models.agents import words_of
from models.fields import Table, UtcField
from models.users import User

IDLE = timedelta(days=7)
LONGEST = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)


class Session(Table):
    """The id itself is only in the cookie."""

    id_hash = TextField(unique=True)
    user = ForeignKeyField(User, backref="sessions", on_delete="CASCADE")
    created_at = UtcField()
    seen_at = UtcField()
    address = TextField()
    agent = TextField()
    flash = TextField(null=True)

    class Meta:
        table_name = "sessions"

    @classmethod
    def begin(cls, user: User, at: datetime, address: str, agent: str) -> tuple["Session", str]:
        """The row, and the id for the cookie."""
        session_id = secrets.token_urlsafe(32)
        row = cls.create(
            id_hash=hash_of(session_id),
            user=user,
            created_at=at,
            seen_at=at,
            address=address,
            agent=agent[:200],
        )
        user.change(signed_in_at=at)
        return row, session_id

    @classmethod
    def of(cls, session_id: str, at: datetime) -> "Session | None":
        """The living session of a person who may still sign in."""
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
            with suppress(OperationalError):
                row.change(seen_at=at)
        return row

    @classmethod
    def living(cls, user: User, at: datetime) -> ModelSelect:
        """Those of this person that were not idle for too long, latest seen first."""
        return (
            cls.select()
            .where(cls.user == user, cls.seen_at > at - IDLE, cls.created_at > at - LONGEST)
            .order_by(cls.seen_at.desc(), cls.id.desc())
        )

    @classmethod
    def end_all(cls, user: User, but: "Session | None" = None) -> int:
        """How many there were; `but` goes on."""
        theirs = cls.user == user
        if but is not None:
            theirs &= cls.id != but.id
        return cls.delete().where(theirs).execute()

    @classmethod
    def sweep(cls, at: datetime) -> int:
        over = (cls.seen_at <= at - IDLE) | (cls.created_at <= at - LONGEST)
        return cls.delete().where(over).execute()

    def renew(self) -> str:
        """A new id for the cookie; the one before is worth nothing from now on."""
        session_id = secrets.token_urlsafe(32)
        self.change(id_hash=hash_of(session_id))
        return session_id

    @property
    def device(self) -> str:
        return words_of(self.agent)

    def say(self, sentence: str, kind: str) -> None:
        """Kept for the next page that this person sees; `kind` is success, notice or error."""
        self.change(flash=json.dumps({"text": sentence, "kind": kind}))

    def heard(self) -> dict[str, str] | None:
        """What was said, once; or more often, rather than no page at all, while a disk is full."""
        if self.flash is None:
            return None
        said = json.loads(self.flash)
        with suppress(OperationalError):
            self.change(flash=None)
        return said


def hash_of(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()
