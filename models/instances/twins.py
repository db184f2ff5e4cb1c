"""Finds a server that is stored already: stored twice, it would get its budget twice."""

from urllib.parse import urlsplit

from models.instances import Instance

SAME = "This is the same {application} as {name}."
DEFAULT_PORTS = {"http": 80, "https": 443}


def at(url: str, but: Instance | None = None) -> Instance | None:
    """The real instance with this normalised address, other than `but`."""
    there = place(url)
    return next((each for each in _real(but) if place(each.url) == there), None)


def with_key(application: str, key: str, but: Instance | None = None) -> list[Instance]:
    """The real instances with this key, other than `but`.

    A server has one key, but a copied configuration has the same.
    """
    alike = (each for each in _real(but) if each.application.name == application)
    return [each for each in alike if each.api_key.reveal() == key]


def sentence(twin: Instance) -> str:
    return SAME.format(application=twin.label, name=twin.name)


def _real(but: Instance | None) -> list[Instance]:
    rows = Instance.by_name().where(~Instance.demo)
    return [each for each in rows if but is None or each.id != but.id]


def place(url: str) -> tuple[str, str | None, int | None, str]:
    """Where an address leads: its scheme, host, port and path."""
    parts = urlsplit(url)
    port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    return parts.scheme, parts.hostname, port, parts.path
