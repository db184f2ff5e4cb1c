"""API keys: other programs act for a person by one, within what the person may."""

import secrets
from datetime import datetime, timedelta
from typing import Self

from peewee import ForeignKeyField, ModelSelect, TextField

from models.database import database
from models.database.fields import Table, UtcField
from models.database.hashes import hash_of
from models.people import User

# Each one allows what those before it allow.
SCOPES = {
    "totals": "Numbers only, without titles",
    "read": "Reading",
    "write": "Reading and changing",
}
PREFIX = "vqs_"
MOST = 50
USED_EVERY = timedelta(minutes=1)
KEPT_FOR = timedelta(days=90)


class ApiKey(Table):
    """A key of a person. Only the person has the key itself: the row holds its hash.

    `scope` is one of SCOPES.
    `used_at` is up to a minute old.
    A revoked key stays on the page for 90 days.
    """

    user = ForeignKeyField(User, backref="api_keys", on_delete="CASCADE")
    name = TextField()
    key_hash = TextField(unique=True)
    scope = TextField()
    created_at = UtcField()
    used_at = UtcField(null=True)
    revoked_at = UtcField(null=True)

    class Meta:
        table_name = "api_keys"

    @classmethod
    def make(cls, user: User, name: str, scope: str, at: datetime) -> tuple[Self, str]:
        """Makes a key; returns the row and the key, which is shown once."""
        key = PREFIX + secrets.token_urlsafe(32)
        row = cls.create(user=user, name=name, key_hash=hash_of(key), scope=scope, created_at=at)
        return row, key

    @classmethod
    def of(cls, key: str, at: datetime) -> Self | None:
        """The row of a key that counts: not revoked, and its person may sign in. Notes its use."""
        row = (
            cls.select(cls, User)
            .join(User)
            .where(
                cls.key_hash == hash_of(key), cls.revoked_at.is_null(), User.disabled_at.is_null()
            )
            .first()
        )
        if row and (row.used_at is None or row.used_at <= at - USED_EVERY):
            database.if_writable(row.was_used, at=at)
        return row

    @classmethod
    def living(cls, user: User) -> ModelSelect:
        return cls.select().where(cls.user == user, cls.revoked_at.is_null())

    @classmethod
    def listed(cls) -> ModelSelect:
        """The keys of all people, those that count first, then the latest."""
        order = (cls.revoked_at.asc(nulls="first"), cls.id.desc())
        return cls.select(cls, User).join(User).order_by(*order)

    @classmethod
    def sweep(cls, at: datetime) -> int:
        return cls.delete().where(cls.revoked_at <= at - KEPT_FOR).execute()

    @classmethod
    def revoke_all(cls, at: datetime) -> None:
        cls.update(revoked_at=at).where(cls.revoked_at.is_null()).execute()

    def was_used(self, at: datetime) -> None:
        """Writes the moment, unless another request has written one of the same minute."""
        old = ApiKey.used_at.is_null() | (ApiKey.used_at <= at - USED_EVERY)
        ApiKey.update(used_at=at).where(ApiKey.id == self.id, old).execute()

    def revoke(self, at: datetime) -> None:
        self.change(revoked_at=self.revoked_at or at)

    def may(self, scope: str) -> bool:
        """Whether the key allows this; an unknown scope allows nothing."""
        known = list(SCOPES)
        return self.scope in known[known.index(scope) :]

    def may_be_revoked_by(self, user: User) -> bool:
        return user.is_admin or user.id == self.user_id

    @property
    def counts(self) -> bool:
        return self.revoked_at is None

    @property
    def scope_words(self) -> str:
        return SCOPES[self.scope]

    @property
    def shows_titles(self) -> bool:
        return self.may("read")
