"""Sign-ins that wait for a code: the password was right, and nobody is signed in yet."""

from datetime import datetime, timedelta

from peewee import ForeignKeyField, TextField, fn

from models.database.fields import Table, UtcField
from models.database.hashes import hash_of
from models.people import User
from models.people.second_factors import SecondFactor

LASTS = timedelta(minutes=5)


class HalfSignIn(Table):
    """Bound to the browser that knew the password; `address` is where it wanted to go."""

    visitor_hash = TextField(unique=True)
    user = ForeignKeyField(User, on_delete="CASCADE")
    address = TextField()
    began_at = UtcField()

    class Meta:
        table_name = "half_sign_ins"

    @classmethod
    def begin(cls, visitor_id: str, user: User, address: str, at: datetime) -> None:
        """In the place of an earlier one of the same browser."""
        mine = cls.visitor_hash == hash_of(visitor_id)
        cls.delete().where(mine | (cls.began_at <= at - LASTS)).execute()
        cls.create(visitor_hash=hash_of(visitor_id), user=user, address=address, began_at=at)

    @classmethod
    def of(cls, visitor_id: str, at: datetime) -> "HalfSignIn | None":
        """None when it took too long, or what it began with holds no longer.

        The person may have been disabled, the password changed, the second factor removed.
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
