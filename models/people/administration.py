"""What administrators do with people; one who may sign in is always left."""

from datetime import datetime

from models.database import database
from models.people import User
from models.people.sessions import Session


class LastAdministrator(Exception):
    """Without this one, nobody could look after the household any more."""


def change_role(user: User, role: str, but: Session | None = None) -> None:
    """Ends the sessions too: an id that somebody copied does not rise with its owner."""
    with database.atomic():
        if role != "admin":
            _keep_one(user)
        user.change(role=role)
        Session.end_all(user, but)


def disable(user: User, at: datetime) -> None:
    with database.atomic():
        _keep_one(user)
        user.change(disabled_at=user.disabled_at or at)
        Session.end_all(user)


def enable(user: User) -> None:
    user.change(disabled_at=None)


def delete(user: User, heir: User) -> None:
    """Every row that refers to the person goes to `heir`, except what is deleted with them."""
    with database.atomic():
        _keep_one(user)
        for field, table in User._meta.backrefs.items():
            if field.on_delete != "CASCADE":
                table.update({field: heir}).where(field == user).execute()
        user.delete_instance()


def _keep_one(user: User) -> None:
    """As the rows are now: `user` may have been read before somebody else changed them."""
    left = {each.id for each in User.administrators()}
    if left == {user.id}:
        raise LastAdministrator
