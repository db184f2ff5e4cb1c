"""Addresses of instances as people type them, made uniform."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

LONGEST = 300
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
Address = IPv4Address | IPv6Address

# Where clouds keep the credentials of a machine; link-local ones are refused as such.
METADATA = frozenset(
    ip_address(text)
    for text in (
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd20:ce::254",
    )
)
THIS_NETWORK = ip_network("0.0.0.0/8")
BROADCAST = ip_address("255.255.255.255")
# Whose last 32 bits are an IPv4 address: NAT64 (RFC 6052, 8215), SIIT, and the deprecated form.
HOLDS_IPV4 = tuple(
    ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "::/96")
)


def normalise(text: str) -> str:
    """`scheme://host[:port][/base]`, without a slash at its end. ValueError carries a sentence."""
    if len(text) > LONGEST:
        raise ValueError(f"An address has at most {LONGEST} characters.")
    if any(character.isspace() for character in text):
        raise ValueError("An address has no spaces in it.")
    if not re.match(r"(?i)https?://", text):
        raise ValueError("Begin with http:// or https://, as in http://192.168.1.20:8989.")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("This is not an address; try one like http://192.168.1.20:8989.") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("Leave the name and password out of the address.")
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise ValueError("Leave out everything from the ? or # on.")
    host = _host(parts.hostname or "")
    if port == 0:
        raise ValueError("A port is a number from 1 to 65535.")
    netloc = host if port is None else f"{host}:{port}"
    return f"{parts.scheme.lower()}://{netloc}{_base(parts.path)}"


def allowed(address: Address) -> bool:
    """Private and loopback addresses are: that is where Sonarr and Radarr live."""
    if embedded := _embedded(address):
        return allowed(embedded)
    return not (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address in METADATA
        or address in THIS_NETWORK
        or address == BROADCAST
    )


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, IPv4Address):
        return None
    if address.is_loopback:
        return None
    if any(address in network for network in HOLDS_IPV4):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _host(host: str) -> str:
    if not host:
        raise ValueError("The address names no host.")
    try:
        address = ip_address(host)
    except ValueError:
        return _name(host)
    if not allowed(address):
        raise ValueError(f"{address} is not an address that a Sonarr or Radarr can have.")
    return f"[{address}]" if address.version == 6 else str(address)


def _name(host: str) -> str:
    """Underscores are common in container names; other alphabets become IDNA."""
    try:
        plain = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        raise ValueError("The host's name cannot be used.") from None
    labels = plain.lower().removesuffix(".").split(".")
    if len(plain) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        raise ValueError("The host's name cannot be used: letters, digits, dots, - and _ only.")
    if labels[-1].isdigit():
        raise ValueError("This is not an IP address: it has four numbers from 0 to 255.")
    return ".".join(labels)


def _base(path: str) -> str:
    base = re.sub(r"(?i)/api(/v3)?/?$", "", path).rstrip("/")
    if base and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", base):
        raise ValueError("The URL base may hold letters, digits and . _ ~ - only.")
    if {".", ".."} & set(base.split("/")):
        raise ValueError("The URL base may not hold dots alone.")
    return base
