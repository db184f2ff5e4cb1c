"""Changes that administrators make to people; one administrator always stays."""

from datetime import datetime

from models.database import database
from models.people import User
from models.people.sessions import Session


class LastAdministrator(Exception):
    """The person is the last administrator, whom the household needs."""


def change_role(user: User, role: str, but: Session | None = None) -> None:
    """Changes the role and ends the sessions, as a stolen session must not gain rights."""
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
    """Deletes the person; rows that refer to them go to `heir`, except those deleted with them."""
    with database.atomic():
        _keep_one(user)
        for field, table in User._meta.backrefs.items():
            if field.on_delete != "CASCADE":
                table.update({field: heir}).where(field == user).execute()
        user.delete_instance()


def _keep_one(user: User) -> None:
    """Raises LastAdministrator, from the rows as they are now: `user` may be out of date."""
    left = {each.id for each in User.administrators()}
    if left == {user.id}:
        raise LastAdministrator
