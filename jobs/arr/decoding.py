"""Turns the bytes of replies into values: typed records, moments, folders, harmless text."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import msgspec

# .NET's int; anything larger would not fit our columns either.
Int = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
Id = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
# Records decoded between two turns of the loop.
CHUNK = 250

# A search begins at the letters before "://" only, and there are few of them.
LINK = re.compile(r"(?<![a-z0-9])[a-z0-9+.-]{0,20}+://\S*+", re.IGNORECASE)
LONGEST_MESSAGE = 2_000

# Escapes of what no text column of every database can hold: NUL, and half of a surrogate pair.
# An escaped backslash, and a whole pair, are met first and stay.
UNTOLD = re.compile(
    rb"(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|\\u0000|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
MAY_BE_UNTOLD = (b"\\u0000", b"\\ud", b"\\uD")

T = TypeVar("T")


class Malformed(ValueError):
    """A reply that is no JSON."""


class WrongShape(Malformed):
    """A reply of another shape than it should have."""


def decode(body: bytes | msgspec.Raw, shape: type[T]) -> T:
    """One reply, without characters that cannot be stored; raises Malformed or WrongShape."""
    try:
        return msgspec.json.decode(_storable(body), type=shape)
    except msgspec.ValidationError as error:
        raise WrongShape from error
    # Nested deeper than any reply is; bytes that are no UTF-8.
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed from error


def _storable(body: bytes | msgspec.Raw) -> bytes | msgspec.Raw:
    """Most as they are: to look for one backslash is 200 times as quick as to look for the rest."""
    text = bytes(body)
    if b"\\" not in text or not any(mark in text for mark in MAY_BE_UNTOLD):
        return body
    return UNTOLD.sub(lambda found: found[1] or b"", text)


def decode_each(bodies: Iterable[bytes | msgspec.Raw], shape: type[T]) -> tuple[list[T], int]:
    """The records that have this shape, and how many have not."""
    decoded, malformed = [], 0
    for body in bodies:
        try:
            decoded.append(decode(body, shape))
        except Malformed:
            malformed += 1
    return decoded, malformed


class Numbered(msgspec.Struct, gc=False):
    """Of a record that cannot be read as a whole, its id perhaps can."""

    id: Id


def ids_in(bodies: Iterable[bytes | msgspec.Raw]) -> set[int]:
    """The ids of those records that have one."""
    return {record.id for record in decode_each(bodies, Numbered)[0]}


def moment(text: str | None) -> int | None:
    """Epoch ms of a date, with or without fractions; None for year 1 or 9999, which mean never."""
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
    """An epoch ms as a query takes it."""
    return f"{EPOCH + milliseconds * MILLISECOND:%Y-%m-%dT%H:%M:%SZ}"


def told(text: str | None) -> str:
    """The first line of a text, without addresses: those may hold keys."""
    first = (text or "")[:LONGEST_MESSAGE].partition("\n")[0].strip()
    return LINK.sub("(address)", first)[:300]


def folder(path: str | None) -> str | None:
    """A folder's name in one form, whether it was sent with a closing slash or without."""
    return (path.rstrip("/\\") or path) if path else None


def parent(path: str | None) -> str | None:
    """The folder around a path of either system."""
    short = folder(path) or ""
    cut = max(short.rfind("/"), short.rfind("\\"))
    return short[: cut or 1] if cut >= 0 else None
