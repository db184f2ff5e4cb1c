"""Second factors: codes for 30 s (RFC 6238), and recovery codes for a lost telephone."""

import hashlib
import hmac
import secrets
from base64 import b32decode, b32encode
from datetime import datetime
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from peewee import ForeignKeyField, IntegerField, TextField

from models.database import database
from models.database.fields import SealedField, Table, UtcField
from models.people import User
from models.people.sessions import Session

ISSUER = "Vibe-Quality-Searcharr"
DIGITS = 6
STEP_SECONDS = 30
SECRET_BYTES = 20
# Steps beside the current one, as the clocks of telephones are a little off.
NEIGHBOURS = (0, -1, 1)
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
GROUP = 4


class SecondFactor(Table):
    """A person's second factor; it counts once it is confirmed.

    `last_step` is the step of the last code that was used.
    """

    user = ForeignKeyField(User, backref="second_factors", unique=True, on_delete="CASCADE")
    secret = SealedField("second-factor")
    begun_at = UtcField()
    confirmed_at = UtcField(null=True)
    last_step = IntegerField(default=0)

    class Meta:
        table_name = "second_factors"

    @classmethod
    def of(cls, user: User) -> "SecondFactor | None":
        return cls.get_or_none(cls.user == user)

    @classmethod
    def is_on(cls, user: User) -> bool:
        found = cls.select().where(cls.user == user, cls.confirmed_at.is_null(False))
        return bool(found.exists())

    @classmethod
    def begin(cls, user: User, at: datetime) -> "SecondFactor":
        """Begins with a new secret; it replaces one that was never confirmed."""
        with database.atomic():
            cls.delete().where(cls.user == user, cls.confirmed_at.is_null()).execute()
            secret = b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
            return cls.create(user=user, secret=secret, begun_at=at)

    @property
    def address(self) -> str:
        """The address in the picture that an authenticator reads; it holds the secret."""
        issuer, name = quote(ISSUER), quote(self.user.name)
        secret = self.secret.reveal()
        return f"otpauth://totp/{issuer}:{name}?secret={secret}&issuer={issuer}"

    @property
    def groups(self) -> str:
        """The secret for typing, in groups of four."""
        return _grouped(self.secret.reveal())

    def takes(self, code: str, at: datetime) -> bool:
        """Whether the code is right and new; each code is taken once."""
        step = self._step(code.replace(" ", ""), at)
        if step is None:
            return False
        later = (SecondFactor.id == self.id) & (SecondFactor.last_step < step)
        return bool(SecondFactor.update(last_step=step).where(later).execute())

    def confirm(self, at: datetime, but: Session | None) -> list[str]:
        """Turns it on and ends other sessions; returns the recovery codes, shown only now."""
        with database.atomic():
            self.change(confirmed_at=at)
            Session.end_all(self.user, but=but)
            return RecoveryCode.renew(self.user)

    def remove(self, but: Session | None) -> None:
        with database.atomic():
            RecoveryCode.delete().where(RecoveryCode.user == self.user).execute()
            Session.end_all(self.user, but=but)
            self.delete_instance()

    def _step(self, code: str, at: datetime) -> int | None:
        """The step of a code, if any; every step is tried, so that each try takes as long."""
        now, totp = int(at.timestamp()) // STEP_SECONDS, _totp(self.secret.reveal())
        steps = [now + neighbour for neighbour in NEIGHBOURS]
        typed = code.encode()
        fitting = [
            step for step in steps if hmac.compare_digest(totp.generate(step * STEP_SECONDS), typed)
        ]
        return fitting[0] if fitting else None


class RecoveryCode(Table):
    """A recovery code; only its hash is stored, and its use deletes it."""

    user = ForeignKeyField(User, backref="recovery_codes", on_delete="CASCADE")
    code_hash = TextField(unique=True)

    class Meta:
        table_name = "recovery_codes"

    @classmethod
    def renew(cls, user: User) -> list[str]:
        """Ten new codes of 80 bits each; they replace all earlier ones."""
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        with database.atomic():
            cls.delete().where(cls.user == user).execute()
            for code in codes:
                cls.create(user=user, code_hash=_hash(user, code))
        return codes

    @classmethod
    def take(cls, user: User, code: str) -> bool:
        """Uses up a code and ends the person's sessions; False if it is not one of theirs."""
        with database.atomic():
            mine = (cls.user == user) & (cls.code_hash == _hash(user, code))
            taken = bool(cls.delete().where(mine).execute())
            if taken:
                Session.end_all(user)
        return taken

    @classmethod
    def left(cls, user: User) -> int:
        return int(cls.select().where(cls.user == user).count())


def _totp(secret: str) -> TOTP:
    key = b32decode(secret)
    return TOTP(key, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303  # nosec B303 # RFC 6238


def _recovery_code() -> str:
    return _grouped(b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower(), "-")


def _grouped(text: str, between: str = " ") -> str:
    return between.join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def _hash(user: User, code: str) -> str:
    """A fast hash, which is enough for 80 random bits."""
    plain = "".join(char for char in code.casefold() if char.isalnum())
    return hashlib.sha256(f"{user.id}:{plain}".encode()).hexdigest()
