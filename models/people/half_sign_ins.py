"""Sign-ins that wait for a code: the password was right, but the person is not signed in yet."""

from datetime import datetime, timedelta

from peewee import ForeignKeyField, TextField, fn

from models.database.fields import Table, UtcField
from models.database.hashes import hash_of
from models.people import User
from models.people.second_factors import SecondFactor

LASTS = timedelta(minutes=5)


class HalfSignIn(Table):
    """A half sign-in, bound to its browser; `address` is the page that it wanted."""

    visitor_hash = TextField(unique=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    address = TextField()
    began_at = UtcField()

    class Meta:
        table_name = "half_sign_ins"

    @classmethod
    def begin(cls, visitor_id: str, user: User, address: str, at: datetime) -> None:
        """Begins a half sign-in; it replaces an earlier one of the same browser."""
        mine = cls.visitor_hash == hash_of(visitor_id)
        cls.delete().where(mine | (cls.began_at <= at - LASTS)).execute()
        cls.create(visitor_hash=hash_of(visitor_id), user=user, address=address, began_at=at)

    @classmethod
    def of(cls, visitor_id: str, at: datetime) -> "HalfSignIn | None":
        """The browser's half sign-in; None when it took too long or no longer holds.

        It no longer holds once the person is disabled, the password changed or the factor removed.
        """
        since = fn.COALESCE(User.password_changed_at, 0)
        return (
            cls.select(cls, User)
            .join(User)
            .join(SecondFactor, on=SecondFactor.user == User.id)
            .where(
                cls.visitor_hash == hash_of(visitor_id),
                cls.began_at > at - LASTS,
                cls.began_at > since,
                SecondFactor.confirmed_at.is_null(False),
                User.disabled_at.is_null(),
            )
            .first()
        )
