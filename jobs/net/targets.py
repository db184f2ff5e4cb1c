"""Where an instance is, whether that is an address that can be used, and what is asked there."""

from collections.abc import Awaitable, Callable, Container, Mapping, MutableMapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from jobs.net.questions import Question
from models.instances.addresses import host as host_of

Message = MutableMapping[str, Any]
ASGIApp = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]
Query = Mapping[str, str | int]

LEFT_AS_TYPED = "/%~:@!$&'()*+,;=-._"


class Target(NamedTuple):
    """`application` is the name of one, `url` its base address, the URL base included.

    `proxy` holds headers for what stands in front; they are as secret as the key. For sentences
    alone: `name` is what people call it, `known` says whether it has answered here before.
    """

    application: str
    url: str
    key: str
    verify_tls: bool = True
    http2: bool = False
    proxy: tuple[tuple[str, str], ...] = ()
    name: str = ""
    known: bool = False

    def leads_where(self, other: "Target") -> bool:
        """Whether the same requests go to the same place in the same way."""
        return self._replace(name="", known=False) == other._replace(name="", known=False)


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

    def question(self, target: Target, method: str, path: str) -> Question:
        origin = f"{self.scheme}://{self.where}"
        return Question(
            target.application,
            self.where,
            self.host,
            origin,
            self.base,
            method,
            path,
            target.name,
            known=target.known,
            introduced=bool(target.proxy),
        )


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
        scheme, port = parts.scheme, parts.port
        if scheme not in ("http", "https", "demo"):
            return Place(refusal="blocked_address.scheme")
        if parts.username is not None:
            return Place(refusal="blocked_address.credentials")
        host = host_of(parts.hostname or "")
    except ValueError:
        return Place(refusal="blocked_address.unusable")
    # urlsplit leaves line breaks out without a word.
    if port == 0 or not typed.isprintable():
        return Place(refusal="blocked_address.unusable")
    where = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    return Place(scheme, host, where, quote(parts.path, safe=LEFT_AS_TYPED).rstrip("/"))
