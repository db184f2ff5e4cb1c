"""Forms sent after the session ended; kept until the same person signs in again."""

import json
from datetime import datetime, timedelta

from peewee import ForeignKeyField, TextField

from models.database.fields import SealedField, Table, UtcField
from models.database.hashes import hash_of
from models.forms import NEVER_KEPT
from models.people import User

LASTS = timedelta(minutes=15)
LARGEST_CHARACTERS = 64 * 1024
MOST_ROWS = 200

Fields = list[tuple[str, str]]


class HeldForm(Table):
    """A held form, one for each browser, without secrets; it goes to `path` by `method`."""

    visitor_hash = TextField(unique=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    path = TextField()
    method = TextField()
    typed = SealedField("held-form")
    held_at = UtcField()

    class Meta:
        table_name = "held_forms"

    @classmethod
    def hold(
        cls, visitor_id: str, user_id: int, place: tuple[str, str], fields: Fields, at: datetime
    ) -> bool:
        """Keeps the form; False for one that is too large, or without room or person.

        `place` is its path and method.
        """
        kept = [(name, text) for name, text in fields if name not in NEVER_KEPT]
        is_small = sum(len(name) + len(text) for name, text in kept) <= LARGEST_CHARACTERS
        user = User.get_or_none(User.id == user_id, User.disabled_at.is_null())
        if user is None or not is_small:
            return False
        visitor_hash = hash_of(visitor_id)
        cls.delete().where(cls.visitor_hash == visitor_hash).execute()
        cls.sweep(at)
        if cls.select().count() >= MOST_ROWS:
            return False
        path, method = place
        cls.create(
            visitor_hash=visitor_hash,
            user=user,
            path=path,
            method=method,
            typed=json.dumps(kept),
            held_at=at,
        )
        return True

    @classmethod
    def of(cls, visitor_id: str, user: User, at: datetime) -> "HeldForm | None":
        """The held form of this browser and person; None after 15 minutes."""
        return cls.get_or_none(
            cls.visitor_hash == hash_of(visitor_id), cls.user == user, cls.held_at > at - LASTS
        )

    @classmethod
    def pass_on(cls, visitor_id: str, next_id: str) -> None:
        """Moves the form to the browser's next id, which signing in gives it."""
        mine = cls.visitor_hash == hash_of(visitor_id)
        cls.update(visitor_hash=hash_of(next_id)).where(mine).execute()

    @classmethod
    def sweep(cls, at: datetime) -> int:
        return cls.delete().where(cls.held_at <= at - LASTS).execute()

    @property
    def fields(self) -> Fields:
        return [(name, text) for name, text in json.loads(self.typed.reveal())]
