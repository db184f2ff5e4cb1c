"""What a proxy in front of a server asks for: a name and password, and headers."""

import json
from base64 import b64encode
from typing import Any, NamedTuple, Protocol, Self

Headers = tuple[tuple[str, str], ...]

# Headers that control the request itself, identify us to others, or carry the key.
NEVER_SENT = frozenset(
    {
        *("accept", "accept-encoding", "connection", "content-encoding", "content-length"),
        *("content-type", "cookie", "expect", "host", "keep-alive", "proxy-connection"),
        *("te", "trailer", "transfer-encoding", "upgrade", "user-agent", "x-api-key"),
    }
)


def may_be_sent(name: str) -> bool:
    """Whether people may set this header; `_` counts as `-`, as some servers read it so."""
    return name.lower().replace("_", "-") not in NEVER_SENT


class Proxied(Protocol):
    """A row of a server, an instance or a Prowlarr, with sealed columns for its proxy."""

    proxy_name: Any
    proxy_password: Any
    proxy_headers: Any


class Credentials(NamedTuple):
    """Name and password for HTTP basic authentication, and further headers; all of it is secret."""

    name: str = ""
    password: str = ""
    headers: Headers = ()

    @classmethod
    def of(cls, row: Proxied) -> Self:
        """The credentials on the server's row."""
        name, password, headers = (
            sealed.reveal() if sealed else ""
            for sealed in (row.proxy_name, row.proxy_password, row.proxy_headers)
        )
        pairs = json.loads(headers) if headers else []
        return cls(name, password, tuple((each, value) for each, value in pairs))

    @property
    def columns(self) -> dict[str, str | None]:
        """The columns that keep them on the server's row."""
        return {
            "proxy_name": self.name or None,
            "proxy_password": self.password or None,
            "proxy_headers": json.dumps(self.headers) if self.headers else None,
        }

    @property
    def sent(self) -> Headers:
        """The headers to send with each request; basic authentication is RFC 7617's."""
        if not self.name:
            return self.headers
        basic = b64encode(f"{self.name}:{self.password}".encode()).decode()
        return (("Authorization", f"Basic {basic}"), *self.headers)

    def value_of(self, header: str) -> str:
        """The stored value of a header, in any case; "" without one."""
        kept = {name.lower(): value for name, value in self.headers}
        return kept.get(header.lower(), "")
