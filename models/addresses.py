"""Hosts and network addresses: their one form, and which of them may be connected to."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import idna

LONGEST_HOST = 253
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
Address = IPv4Address | IPv6Address

# Addresses where clouds keep a machine's credentials, beside the link-local ones.
METADATA = frozenset(
    ip_address(text)
    for text in (
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd20:ce::254",
    )
)
# Amazon's metadata (::254), names (::253), time (::123) and credentials of containers (::23).
AMAZON = ip_network("fd00:ec2::/32")
THIS_NETWORK = ip_network("0.0.0.0/8")
BROADCAST = ip_address("255.255.255.255")
# Networks whose last 32 bits are an IPv4 address: NAT64 (RFC 6052, 8215), SIIT, and the
# deprecated form.
HOLDS_IPV4 = tuple(
    ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "::ffff:0:0:0/96", "::/96")
)


def allowed(address: Address) -> bool:
    """Whether we may connect to it; private and loopback ones are fine: instances are there."""
    if embedded := _embedded(address):
        return allowed(embedded)
    return not (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address in METADATA
        or address in AMAZON
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


def host(text: str) -> str:
    """The host in the one form in which it is stored, shown and connected to.

    A name becomes ASCII and lower case; an IP address its shortest form, without brackets.
    Raises ValueError with a sentence for every host that making a connection would refuse.
    """
    if not text:
        raise ValueError("The address names no host.")
    name = _ascii(text)
    try:
        if "%" not in name:
            return str(ip_address(name))
    except ValueError:
        pass
    labels = name.split(".")
    if not all(LABEL.fullmatch(label) for label in labels):
        raise ValueError("The host's name cannot be used: letters, digits, dots, - and _ only.")
    if labels[-1].isdigit():
        raise ValueError("This is not an IP address: it has four numbers from 0 to 255.")
    return name


def _ascii(text: str) -> str:
    """A name in ASCII: other alphabets become `xn--...`, and a name that has it must be valid."""
    if len(text) > LONGEST_HOST + 1:
        raise ValueError(
            f"The host's name cannot be used: it has at most {LONGEST_HOST} characters."
        )
    try:
        name = text if text.isascii() else idna.encode(text, uts46=True).decode("ascii")
        name = name.lower().removesuffix(".")
        if any(label.startswith("xn--") for label in name.split(".")):
            idna.decode(name)
    # idna.IDNAError is a UnicodeError.
    except UnicodeError:
        raise ValueError(
            "The host's name cannot be used: it holds a character that no host's name may have."
        ) from None
    if len(name) > LONGEST_HOST:
        raise ValueError(
            f"The host's name cannot be used: it has at most {LONGEST_HOST} characters."
        )
    return name
