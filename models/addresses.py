"""Addresses of instances as people type them, made uniform."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

LONGEST = 300
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
METADATA = (ip_address("169.254.169.254"), ip_address("fd00:ec2::254"))


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


def refusal(address: IPv4Address | IPv6Address) -> str | None:
    """Why nothing is ever sent there; None when it may be. Private and loopback ones may be."""
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    if address in METADATA or address.is_link_local:
        return f"{address} is a link-local address, where no Sonarr or Radarr can be."
    if address.is_multicast or address.is_unspecified or address.is_reserved:
        return f"{address} is not the address of a single machine."
    return None


def _host(host: str) -> str:
    if not host:
        raise ValueError("The address names no host.")
    try:
        address = ip_address(host)
    except ValueError:
        return _name(host)
    if sentence := refusal(address):
        raise ValueError(sentence)
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
