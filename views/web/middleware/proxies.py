"""Forwarding headers of trusted proxies: client address, scheme, host and signed-in name."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from models.environment.network import Networks, client_of, is_within

DEFAULT_PORTS = {"http": "80", "https": "443"}


class Proxies:
    """Forwarding headers count only when the socket's other end is a trusted proxy.

    `state` gets `proxied_user`, the name that the proxy signed in, and `asked_hosts`, every host
    name that the request was sent to on its way, and `proxied_id`, the id that the proxy gives the
    request, or None, and `by_trusted_proxy`, whether a trusted proxy sent it.
    """

    def __init__(self, app: ASGIApp, trusted: Networks, sso_header: str | None) -> None:
        self.app = app
        self.trusted = trusted
        self.sso_header = sso_header

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            state = scope.setdefault("state", {})
            state |= {"asked_hosts": headers.getlist("host"), "proxied_user": None}
            state |= {"proxied_id": None, "by_trusted_proxy": False}
            peer = scope["client"][0] if scope.get("client") else ""
            if is_within(peer, self.trusted):
                scope = self._as_forwarded(scope, headers, peer)
        await self.app(scope, receive, send)

    def _as_forwarded(self, scope: Scope, headers: Headers, peer: str) -> Scope:
        state = scope["state"]
        state["by_trusted_proxy"] = True
        if self.sso_header:
            state["proxied_user"] = _named(headers.getlist(self.sso_header))
        state["proxied_id"] = _last(headers, "x-request-id") or None
        hops = ",".join(headers.getlist("x-forwarded-for")).split(",")
        said = _last(headers, "x-forwarded-proto").lower()
        scheme = said if said in DEFAULT_PORTS else scope["scheme"]
        seen = {**scope, "client": (client_of(peer, hops, self.trusted), 0), "scheme": scheme}
        if host := _last(headers, "x-forwarded-host"):
            host = _with_port(host, _last(headers, "x-forwarded-port"), scheme)
            state["asked_hosts"].append(host)
            others = [pair for pair in scope["headers"] if pair[0] != b"host"]
            seen["headers"] = [(b"host", host.encode("latin-1")), *others]
        return seen


def _last(headers: Headers, name: str) -> str:
    """The last of several values, which the nearest proxy wrote."""
    return ",".join(headers.getlist(name)).rpartition(",")[2].strip()


def _with_port(host: str, port: str, scheme: str) -> str:
    """The host with its port: Origin has the port, but many proxies leave it out of the host."""
    has_port = host.rpartition("]")[2].count(":") == 1
    usual = DEFAULT_PORTS[scheme] == port
    return host if has_port or usual or not port.isdecimal() else f"{host}:{port}"


def _named(values: list[str]) -> str | None:
    """The name in the header, which proxies write in UTF-8; None where there is no header.

    "" where there are two, because the visitor may have sent one: it ends a session that a
    proxy's name began.
    """
    if not values:
        return None
    try:
        return (values[0].encode("latin-1").decode().strip() or None) if len(values) == 1 else ""
    except UnicodeDecodeError:
        return ""
