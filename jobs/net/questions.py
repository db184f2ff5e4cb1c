"""Servers, requests and addresses, and what sentences may say about them."""

from collections.abc import Container, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Self
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from jobs.net.faults import SENTENCES, Fault, fault
from models.addresses import host as host_of

Query = Mapping[str, str | int | list[int]]
Headers = tuple[tuple[str, str], ...]

LEFT_AS_TYPED = "/%~:@!$&'()*+,;=-._"
LAST_OF_LATIN_1 = "\u00ff"
NOTHING: Mapping[str, str] = MappingProxyType({})

# Sentences about an address that has worked before, so that it cannot be wrong.
ONCE_IT_WORKED = {
    "refused": "refused.known",
    "localhost": "refused.known",
    "name_not_found": "name_not_found.known",
    "tls.wants_https": "tls.wants_https_known",
}


class Server(NamedTuple):
    """A server to connect to.

    `url` is its base address, and may hold a query.
    `headers` go with each request, and are as secret as the keys in them.
    `who` begins each sentence about it.
    `known` is True if it has answered here before.
    `sentences` are the caller's sentences by kind of fault, and `words` fill them in.
    """

    url: str
    who: str
    headers: Headers = ()
    verify_tls: bool = True
    http2: bool = False
    known: bool = False
    sentences: Mapping[str, str] = SENTENCES
    words: Mapping[str, str] = NOTHING


class Request(NamedTuple):
    """One request.

    `slow` gives it more time, and `searches` the most until its reply begins.
    `asked` says what for, in words that follow "was asked".
    """

    method: str
    path: str = ""
    query: Query | None = None
    content: bytes | None = None
    headers: Headers = ()
    slow: bool = False
    asked: str = "for a reply"
    searches: bool = False

    @classmethod
    def json(cls, path: str, value: Any, **more: Any) -> Self:
        """A POST with a value as JSON."""
        return cls._post(path, msgspec.json.encode(value), "application/json", **more)

    @classmethod
    def form(cls, path: str, fields: Mapping[str, str], **more: Any) -> Self:
        """A POST with the fields of a form."""
        content = urlencode(fields).encode()
        return cls._post(path, content, "application/x-www-form-urlencoded", **more)

    @classmethod
    def _post(cls, path: str, content: bytes, kind: str, **more: Any) -> Self:
        headers = (("Content-Type", kind), *more.pop("headers", ()))
        return cls("POST", path, content=content, headers=headers, **more)


class Address(NamedTuple):
    """The parts of an address; `refusal` is the kind of fault if it cannot be used."""

    scheme: str = ""
    host: str = ""
    where: str = ""
    base: str = ""
    query: str = ""
    refusal: str | None = None

    @classmethod
    def of(cls, address: str, inside: Container[str] = ()) -> Self:
        """The parts of an address; `inside` are the hosts that a demo:// address may have."""
        typed = address.strip()
        try:
            parts = urlsplit(typed)
            scheme, port = parts.scheme, parts.port
            if scheme not in ("http", "https", "demo"):
                return cls(refusal="blocked_address.scheme")
            if parts.username is not None:
                return cls(refusal="blocked_address.credentials")
            host = host_of(parts.hostname or "")
        except ValueError:
            return cls(refusal="blocked_address.unusable")
        # urlsplit drops line breaks silently.
        if port == 0 or not typed.isprintable():
            return cls(refusal="blocked_address.unusable")
        where = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
        base = quote(parts.path, safe=LEFT_AS_TYPED)
        unknown = scheme == "demo" and host not in inside
        refusal = "blocked_address.unusable" if unknown else None
        return cls(scheme, host, where, base, parts.query, refusal)

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.where}"


class Question(NamedTuple):
    """What sentences may say about a request, without headers and query.

    `tail` is the part of the path below the base of the server's address.
    """

    who: str
    asked: str
    origin: str
    host: str
    base: str = ""
    tail: str = ""
    known: bool = False
    sentences: Mapping[str, str] = SENTENCES
    words: Mapping[str, str] = NOTHING

    @classmethod
    def of(cls, server: Server, place: Address, request: Request) -> Self:
        return cls(
            server.who,
            request.asked,
            place.origin,
            place.host,
            place.base,
            request.path,
            server.known,
            server.sentences,
            server.words,
        )

    @property
    def path(self) -> str:
        return self.base.rstrip("/") + self.tail if self.tail else self.base

    def fault(
        self,
        kind: str,
        *,
        retry_after: float | None = None,
        may_have_arrived: bool | None = None,
        **facts: object,
    ) -> Fault:
        """The fault of this kind, with a sentence that fits what is known of the address."""
        told = {"who": self.who, "asked": self.asked, "host": self.host}
        return fault(
            ONCE_IT_WORKED.get(kind, kind) if self.known else kind,
            {**told, **self.words, **facts},
            sentences=self.sentences,
            retry_after=retry_after,
            may_have_arrived=may_have_arrived,
        )


def sendable(headers: Headers) -> bool:
    """Whether all headers can be sent; values are sent as Latin-1."""
    return all(
        name.isascii()
        and name.isprintable()
        and value.isprintable()
        and max(value, default="") <= LAST_OF_LATIN_1
        for name, value in headers
    )
