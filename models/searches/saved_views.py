"""Views of the history that a person keeps: filters under a name."""

from datetime import datetime
from typing import Self

from peewee import ForeignKeyField, ModelSelect, TextField

from models.database.fields import Table, UtcField
from models.people import User
from models.people.names import key_of

MOST = 20
LONGEST = 1000


class SavedView(Table):
    """The filters of the history, as the query string of its address, under a person's name.

    `key` is the name for comparing: a view of the same name is replaced.
    """

    user = ForeignKeyField(User, backref="saved_views", on_delete="CASCADE")
    name = TextField()
    key = TextField()
    filters = TextField()
    created_at = UtcField()

    class Meta:
        table_name = "saved_views"
        indexes = ((("user", "key"), True),)

    @classmethod
    def of(cls, user: User) -> ModelSelect:
        """The person's views by name."""
        return cls.select().where(cls.user == user).order_by(cls.key)

    @classmethod
    def has_room(cls, user: User, name: str) -> bool:
        """Whether the person may keep one more, or has one of this name, which is replaced."""
        theirs = cls.of(user)
        return theirs.where(cls.key == key_of(name)).exists() or theirs.count() < MOST

    @classmethod
    def keep(cls, user: User, name: str, filters: str, at: datetime) -> Self:
        """Keeps the filters; those that had this name before are forgotten."""
        cls.insert(
            user=user, name=name, key=key_of(name), filters=filters, created_at=at
        ).on_conflict(
            conflict_target=[cls.user, cls.key], update={"name": name, "filters": filters}
        ).execute()
        return cls.get(cls.user == user, cls.key == key_of(name))
