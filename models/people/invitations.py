"""Invitations: links that each create one account, valid for a week."""

import hashlib
import secrets
from datetime import datetime, timedelta

from peewee import ForeignKeyField, ModelSelect, TextField

from models.database import database
from models.database.fields import Table, UtcField
from models.people import User
from models.people.names import key_of

LASTS = timedelta(days=7)


class Invitation(Table):
    """An invitation; only its link holds the token. It needs an inviter who is administrator."""

    token_hash = TextField(unique=True)
    invited_by = ForeignKeyField(User, backref="invitations", on_delete="CASCADE")
    role = TextField()
    name = TextField(default="")
    created_at = UtcField()
    expires_at = UtcField()

    class Meta:
        table_name = "invitations"

    @classmethod
    def make(cls, by: User, role: str, name: str, at: datetime) -> "tuple[Invitation, str]":
        """Makes an invitation; returns the row and the token for the link."""
        cls.delete().where(cls.expires_at <= at).execute()
        token = secrets.token_urlsafe(32)
        row = cls.create(
            token_hash=hash_of(token),
            invited_by=by,
            role=role,
            name=name,
            created_at=at,
            expires_at=at + LASTS,
        )
        return row, token

    @classmethod
    def open(cls, at: datetime) -> ModelSelect:
        """Invitations that can still be accepted, latest first."""
        may_invite = (User.role == "admin") & User.disabled_at.is_null()
        return (
            cls.select(cls, User)
            .join(User)
            .where(cls.expires_at > at, may_invite)
            .order_by(cls.id.desc())
        )

    @classmethod
    def of(cls, token: str, at: datetime) -> "Invitation | None":
        return cls.open(at).where(cls.token_hash == hash_of(token)).first()

    def accept(self, *, name: str, password_hash: str, time_zone: str, at: datetime) -> User | None:
        """Creates the person; None if the invitation was used or withdrawn meanwhile."""
        with database.atomic():
            if not Invitation.open(at).where(Invitation.id == self.id).exists():
                return None
            self.delete_instance()
            return User.create(
                name=name,
                key=key_of(name),
                password_hash=password_hash,
                password_changed_at=at,
                role=self.role,
                time_zone=time_zone,
                created_at=at,
            )


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
