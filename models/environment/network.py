"""Names and addresses around the program: which proxies it trusts, which names it answers to."""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Networks = tuple[IPv4Network | IPv6Network, ...]

# The shortest prefix by version of IP.
WIDEST = {4: 8, 6: 32}

NAME = re.compile(
    "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?([.][a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
# Endings that no public name server answers for, so that a stranger's page cannot have one.
AT_HOME = (".localhost", ".local", ".lan", ".home.arpa", ".internal")


def networks(text: str) -> Networks:
    """Reads "10.0.0.0/8, fd00::/8"; a bare address is a network of one. Raises ValueError."""
    found = []
    for part in _parts(text):
        try:
            found.append(ip_network(part))
        except ValueError:
            raise ValueError(
                f"{part} is not a network; one looks like 172.16.0.0/12 or 192.168.1.5"
            ) from None
    return tuple(found)


def widest(trusted: Networks) -> IPv4Network | IPv6Network | None:
    """A network that may hold strangers: IPv4 wider than /8, IPv6 wider than /32."""
    return next((each for each in trusted if each.prefixlen < WIDEST[each.version]), None)


def host_names(text: str) -> tuple[str, ...]:
    """Reads "searcharr.example.com, other.example", without wildcards. Raises ValueError."""
    names = tuple(part.lower().removesuffix(".") for part in _parts(text))
    for name in names:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name} is not a host name; one looks like searcharr.example.com")
    return names


def base_path(text: str) -> str:
    """The path as "/searcharr", also of "searcharr/"; "" for the root. Raises ValueError."""
    path = text.strip().strip("/")
    if not re.fullmatch("[A-Za-z0-9_.~-]+(/[A-Za-z0-9_.~-]+)*|", path) or ".." in path:
        raise ValueError("it is not a path such as /searcharr")
    return f"/{path}" if path else ""


def public_url(text: str) -> str:
    """The address as "https://searcharr.example.com", without its last slash. Raises ValueError."""
    address = text.strip().rstrip("/")
    if not re.fullmatch(r"https?://[A-Za-z0-9.\[\]:_-]+(/[A-Za-z0-9_.~-]+)*|", address):
        raise ValueError("it is not an address such as https://searcharr.example.com")
    return address


def is_at_home(host: str, allowed: Iterable[str]) -> bool:
    """Whether a Host header names this program, and not a stranger's page (DNS rebinding).

    It may be a loopback name, an address, a name without a dot or with a home ending, or allowed.
    """
    name = name_of(host)
    if name is None:
        return False
    return "." not in name or name.endswith(AT_HOME) or name in allowed or is_address(name)


def name_of(host: str) -> str | None:
    """The name or address in a Host header, without its port; None when it is neither."""
    try:
        parts = urlsplit(f"//{host}")
        name, _ = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return None
    whole = parts.netloc == host and "@" not in host
    return name if whole and (is_address(name) or NAME.fullmatch(name)) else None


def is_address(text: str) -> bool:
    return address_of(text) is not None


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """The address of a text, or None; ::ffff:10.0.0.1, as dual sockets show IPv4, becomes IPv4."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def place_of(peer: str) -> str:
    """The address that throttles count; for IPv6 the /64, as one household has all of it."""
    address = address_of(peer)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address) if address else peer


def is_within(text: str, trusted: Networks) -> bool:
    address = address_of(text)
    return address is not None and any(address in network for network in trusted)


def client_of(peer: str, forwarded_for: Sequence[str], trusted: Networks) -> str:
    """The client: the right-most hop that is not a trusted proxy; anybody can write those before.

    A hop that is not an address ends the walk at the proxy that reported it.
    """
    client = peer
    for hop in reversed(forwarded_for):
        if not is_within(client, trusted):
            break
        address = address_of(_without_port(hop))
        if address is None:
            break
        client = str(address)
    return client


def _without_port(hop: str) -> str:
    """The hop without its port: some proxies write 203.0.113.9:4711 or [2001:db8::1]:4711."""
    hop = hop.strip().strip('"')
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
