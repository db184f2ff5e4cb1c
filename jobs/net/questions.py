"""Who is asked, where that is, and for what; in words that may be shown."""

from collections.abc import Container, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Self
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from jobs.net.faults import SENTENCES, Fault, fault
from models.addresses import host as host_of

Query = Mapping[str, str | int]
Headers = tuple[tuple[str, str], ...]

LEFT_AS_TYPED = "/%~:@!$&'()*+,;=-._"
LAST_OF_LATIN_1 = "\u00ff"
NOTHING: Mapping[str, str] = MappingProxyType({})

# Sentences about an address that has worked: it is not the address that is wrong.
ONCE_IT_WORKED = {
    "refused": "refused.known",
    "localhost": "refused.known",
    "name_not_found": "name_not_found.known",
    "tls.wants_https": "tls.wants_https_known",
}


class Server(NamedTuple):
    """Whoever is asked. `url` is its base address, and may hold a query.

    `headers` go with each request, and are as secret as the keys in them. For sentences alone:
    `who` begins each of them, `known` says whether it has answered here before, `sentences` are
    those of the caller by the kind of fault, and `words` fill them in.
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
    """One request; a slow one is given more time. `asked` follows the words "was asked"."""

    method: str
    path: str = ""
    query: Query | None = None
    content: bytes | None = None
    headers: Headers = ()
    slow: bool = False
    asked: str = "for a reply"

    @classmethod
    def json(cls, path: str, value: Any, **more: Any) -> Self:
        """A POST of a value as JSON."""
        return cls._post(path, msgspec.json.encode(value), "application/json", **more)

    @classmethod
    def form(cls, path: str, fields: Mapping[str, str], **more: Any) -> Self:
        """A POST of fields as those of a form."""
        content = urlencode(fields).encode()
        return cls._post(path, content, "application/x-www-form-urlencoded", **more)

    @classmethod
    def _post(cls, path: str, content: bytes, kind: str, **more: Any) -> Self:
        headers = (("Content-Type", kind), *more.pop("headers", ()))
        return cls("POST", path, content=content, headers=headers, **more)


class Address(NamedTuple):
    """An address taken apart; `refusal` is the kind of fault that keeps it from being used."""

    scheme: str = ""
    host: str = ""
    where: str = ""
    base: str = ""
    query: str = ""
    refusal: str | None = None

    @classmethod
    def of(cls, address: str, inside: Container[str] = ()) -> Self:
        """`inside` holds the hosts that a demo:// address may have."""
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
        # urlsplit leaves line breaks out without a word.
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
    """What sentences may say about a request: no header and no query is among it.

    `path` is the `tail` below the base of the server's address.
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
        """The fault of this kind, its sentence fitted to what is known of the address."""
        told = {"who": self.who, "asked": self.asked, "host": self.host}
        return fault(
            ONCE_IT_WORKED.get(kind, kind) if self.known else kind,
            {**told, **self.words, **facts},
            sentences=self.sentences,
            retry_after=retry_after,
            may_have_arrived=may_have_arrived,
        )


def sendable(headers: Headers) -> bool:
    """Whether all of them can stand in a request: values are sent as Latin-1."""
    return all(
        name.isascii()
        and name.isprintable()
        and value.isprintable()
        and max(value, default="") <= LAST_OF_LATIN_1
        for name, value in headers
    )
