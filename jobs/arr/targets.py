"""Where an instance is, whether that is an address that can be used, and what is asked there."""

import re
from collections.abc import Awaitable, Callable, Container, Mapping, MutableMapping
from ipaddress import IPv4Address, IPv6Address
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from jobs.arr.refusals import Question

Message = MutableMapping[str, Any]
ASGIApp = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]
Query = Mapping[str, str | int]

API = "/api/v3/"
# Docker's names may hold an underscore.
HOST_NAME = re.compile(r"[a-z0-9._-]{1,253}")
LEFT_AS_TYPED = "/%~:@!$&'()*+,;=-._"


class Target(NamedTuple):
    """`application` is "sonarr" or "radarr", `url` its base address, the URL base included."""

    application: str
    url: str
    key: str
    verify_tls: bool = True


class Call(NamedTuple):
    """One request; a slow one is given more time, and the reply of one may be empty."""

    method: str
    path: str
    query: Query | None = None
    content: bytes | None = None
    slow: bool = False
    may_be_empty: bool = False


class Place(NamedTuple):
    """An address taken apart; `refusal` is the kind of fault that keeps it from being used."""

    scheme: str = ""
    host: str = ""
    where: str = ""
    base: str = ""
    refusal: str | None = None

    def question(self, application: str, path: str) -> Question:
        origin = f"{self.scheme}://{self.where}"
        return Question(application, self.where, self.host, origin, self.base + API + path)


def place(target: Target, demo: Container[str]) -> Place:
    """The place of a target; `demo` holds the hosts that a demo:// address may have."""
    found = _taken_apart(target.url)
    key = target.key
    if found.refusal:
        return found
    if found.scheme == "demo" and found.host not in demo:
        return found._replace(refusal="blocked_address.unusable")
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        return found._replace(refusal="wrong_key.unusable")
    return found


def _taken_apart(address: str) -> Place:
    typed = address.strip()
    try:
        parts = urlsplit(typed)
        scheme, port, host = parts.scheme, parts.port, _host(parts.hostname or "")
    except ValueError:
        return Place(refusal="blocked_address.unusable")
    if scheme not in ("http", "https", "demo"):
        return Place(refusal="blocked_address.scheme")
    if parts.username is not None:
        return Place(refusal="blocked_address.credentials")
    # urlsplit leaves line breaks out without a word.
    if not host or port == 0 or not typed.isprintable():
        return Place(refusal="blocked_address.unusable")
    where = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    return Place(scheme, host, where, quote(parts.path, safe=LEFT_AS_TYPED).rstrip("/"))


def _host(text: str) -> str:
    """A host name or address in ASCII; ValueError if it is neither."""
    if ":" in text:
        return str(IPv6Address(text))
    host = text if text.isascii() else text.encode("idna").decode("ascii")
    if host and not HOST_NAME.fullmatch(host):
        raise ValueError(text)
    return str(IPv4Address(host)) if host.replace(".", "").isdigit() else host
