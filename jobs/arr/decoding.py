"""Decodes replies into typed records, moments, folders and safe text."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import msgspec

# .NET's int; a larger number would not fit our columns either.
Int = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
Id = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
# Records that are decoded between two turns of the loop.
CHUNK = 250

# A search begins at the letters before "://" only, and there are few of them.
LINK = re.compile(r"(?<![a-z0-9])[a-z0-9+.-]{0,20}+://\S*+", re.IGNORECASE)
LONGEST_MESSAGE = 2_000

# Escapes that not every database can store in text: NUL, and half a surrogate pair. An escaped
# backslash and a whole pair match first and stay.
UNTOLD = re.compile(
    rb"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|\\u0000|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
MAY_BE_UNTOLD = (b"\\u0000", b"\\ud", b"\\uD")

T = TypeVar("T")


class Malformed(ValueError):
    """A reply that is not JSON."""


class WrongShape(Malformed):
    """A reply of a different shape than expected."""


def decode(body: bytes | msgspec.Raw, shape: type[T]) -> T:
    """One reply, without characters that cannot be stored. Raises Malformed or WrongShape."""
    try:
        return msgspec.json.decode(_storable(body), type=shape)
    except msgspec.ValidationError as error:
        raise WrongShape from error
    # Nested deeper than any reply, or bytes that are not UTF-8.
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed from error


def _storable(body: bytes | msgspec.Raw) -> bytes | msgspec.Raw:
    """The reply without such characters; most have no backslash, which is 200 times faster."""
    text = bytes(body)
    if b"\\" not in text or not any(mark in text for mark in MAY_BE_UNTOLD):
        return body
    return UNTOLD.sub(lambda found: found[1] or b"", text)


def decode_each(bodies: Iterable[bytes | msgspec.Raw], shape: type[T]) -> tuple[list[T], int]:
    """The records of this shape, and the number of all others."""
    decoded, malformed = [], 0
    for body in bodies:
        try:
            decoded.append(decode(body, shape))
        except Malformed:
            malformed += 1
    return decoded, malformed


class Numbered(msgspec.Struct, gc=False):
    """The id of a record that cannot be read as a whole."""

    id: Id


def ids_in(bodies: Iterable[bytes | msgspec.Raw]) -> set[int]:
    """The ids that these records show."""
    return {record.id for record in decode_each(bodies, Numbered)[0]}


def moment(text: str | None) -> int | None:
    """A date as epoch ms; None for year 1 or 9999, which mean never, and for other text."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1 < at.year < 9999:
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - EPOCH) // MILLISECOND


def stamp(milliseconds: int) -> str:
    """Epoch ms in the form that a query takes."""
    return f"{EPOCH + milliseconds * MILLISECOND:%Y-%m-%dT%H:%M:%SZ}"


def told(text: str | None) -> str:
    """The first line of a text, without addresses, which may hold keys."""
    first = (text or "")[:LONGEST_MESSAGE].partition("\n")[0].strip()
    return LINK.sub("(address)", first)[:300]


def folder(path: str | None) -> str | None:
    """A folder's path without a closing slash."""
    return (path.rstrip("/\\") or path) if path else None


def parent(path: str | None) -> str | None:
    """The folder that holds a path of Windows or Unix."""
    short = folder(path) or ""
    cut = max(short.rfind("/"), short.rfind("\\"))
    return short[: cut or 1] if cut >= 0 else None
