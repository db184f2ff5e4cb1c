"""Addresses of instances as people type them, in one form."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from models.addresses import allowed, host

LONGEST = 300


def normalise(text: str) -> str:
    """The address as `scheme://host[:port][/base]`, without a slash at its end.

    Raises ValueError with a sentence.
    """
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
    place = _reachable(host(parts.hostname or ""))
    if port == 0:
        raise ValueError("A port is a number from 1 to 65535.")
    netloc = place if port is None else f"{place}:{port}"
    return f"{parts.scheme.lower()}://{netloc}{_base(parts.path)}"


def _reachable(name: str) -> str:
    """The host as it is written in an address; a name is checked when it is resolved."""
    try:
        address = ip_address(name)
    except ValueError:
        return name
    if not allowed(address):
        raise ValueError(f"{address} is not an address that a Sonarr or Radarr can have.")
    return f"[{address}]" if address.version == 6 else name


def _base(path: str) -> str:
    base = re.sub(r"(?i)/api(/v3)?/?$", "", path).rstrip("/")
    if base and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", base):
        raise ValueError("The URL base may hold letters, digits and . _ ~ - only.")
    if {".", ".."} & set(base.split("/")):
        raise ValueError("The URL base may not hold dots alone.")
    return base
