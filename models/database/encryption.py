"""One master secret, and the keys derived from it: one for each purpose."""

import errno
import os
import re
import secrets
import stat
from base64 import urlsafe_b64encode
from functools import cache, cached_property
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.database.files import make_own, open_own, touch_own

SECRET_BYTES = 32
# Characters that are read of the file; 64 digits and a line end are fewer.
LONGEST_FILE = 200


class UnusableSecret(Exception):
    """The master secret cannot be used; the message is one sentence for the terminal."""


class Keyring:
    """Derives a key for each purpose from the master secret, by HKDF-SHA256 (RFC 5869)."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise UnusableSecret(f"The master secret must be {SECRET_BYTES} bytes long.")
        self._secret = secret
        self.fernet = cache(self._fernet)

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes."""
        label = f"vqs/{purpose}/1".encode()
        return HKDF(SHA256(), length=32, salt=None, info=label).derive(self._secret)

    @cached_property
    def id(self) -> str:
        """Eight hexadecimal digits that tell this secret from others; no key can be told by it."""
        return self.derive("name").hex()[:8]

    @cached_property
    def database_key(self) -> bytes:
        return self.derive("database")

    @cached_property
    def cookie_key(self) -> bytes:
        return self.derive("cookie")

    @cached_property
    def form_key(self) -> bytes:
        return self.derive("form")

    def _fernet(self, purpose: str) -> Fernet:
        return Fernet(urlsafe_b64encode(self.derive(purpose)))


def load_or_create(path: Path) -> tuple[Keyring, list[str]]:
    """The keyring and warnings for the log. Raises UnusableSecret, and touches nothing then."""
    if path.exists():
        return load(path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_secret(path, new_secret())
    except OSError as error:
        raise UnusableSecret(
            f"The master secret cannot be written to {path} ({error.strerror}): "
            "name another place in VQS_SECRET_FILE."
        ) from None
    return load(path)


def new_secret() -> str:
    """64 hexadecimal digits."""
    return secrets.token_bytes(SECRET_BYTES).hex()


def load(path: Path) -> tuple[Keyring, list[str]]:
    """The keyring of an existing file, and warnings for the log. Raises UnusableSecret."""
    try:
        with os.fdopen(_open_to_read(path), encoding="ascii") as file:
            about = os.fstat(file.fileno())
            text = file.read(LONGEST_FILE)
        mode, ours = stat.S_IMODE(about.st_mode), about.st_uid == os.getuid()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnusableSecret(
                f"The master secret {path} is a link, though the program made a file there: "
                "put the file back."
            ) from None
        raise UnusableSecret(
            f"The master secret {path} cannot be read: {error.strerror}."
        ) from None
    except UnicodeDecodeError:
        text, mode, ours = "", 0o600, True
    digits = text.removesuffix("\n").removesuffix("\r")
    # fromhex would overlook spaces and line ends in it.
    if not re.fullmatch(f"[0-9a-fA-F]{{{SECRET_BYTES * 2}}}", digits):
        raise UnusableSecret(
            f"The master secret {path} must hold {SECRET_BYTES * 2} hexadecimal digits "
            "and nothing else."
        )
    return Keyring(bytes.fromhex(digits)), _judge_mode(path, mode, ours)


def _open_to_read(path: Path) -> int:
    """Opens the secret; a link is refused in a folder of ours, else allowed as in Kubernetes."""
    if (path.parent / MARK).exists():
        return open_own(path, os.O_RDONLY)
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _judge_mode(path: Path, mode: int, ours: bool) -> list[str]:
    """Warnings about a mode that lets others read the file.

    Raises UnusableSecret if we made the file; one handed in (Docker secrets are 0444) only warns.
    """
    if not mode & 0o077:
        return []
    if ours and (path.parent / MARK).exists():
        raise UnusableSecret(
            f"The master secret {path} has become readable by others; run: chmod 600 {path}"
        )
    return [f"The master secret {path} is readable by others (mode {mode:04o})."]


MARK = ".made-here"


def write_secret(path: Path, text: str) -> None:
    """Writes the file durably with mode 0600, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(make_own(draft), "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    touch_own(path.parent / MARK)
