"""The licences of what the program stands on, as the packages themselves tell them."""

import re
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import NamedTuple

# What our own code imports; the rest follows from what these require.
STANDS_ON = (
    *("apscheduler", "argon2-cffi", "cronsim", "cryptography", "httpx", "h2", "itsdangerous"),
    *("jinja2", "msgspec", "peewee", "prometheus-client", "psycopg", "psycopg-binary"),
    *("pydantic-settings", "python-multipart", "segno", "sqlcipher3", "starlette", "tzdata"),
    "uvicorn",
)
REQUIRED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
OF_CLASSIFIER = "License :: OSI Approved :: "
LONGEST = 60
# Of packages that tell it only in the text of their licence.
IN_TEXT = {"peewee": "MIT", "sqlcipher3": "Zlib"}
UNTOLD = "see the package"


class Licensed(NamedTuple):
    name: str
    version: str
    licence: str


# What is no package: it is part of our own files, or of a package that is built with it.
BUILT_IN = (
    Licensed("htmx", "4.0.1", "0BSD"),
    Licensed("SQLCipher, in sqlcipher3", "", "BSD-3-Clause"),
    Licensed("SQLite, in sqlcipher3", "", "public domain"),
)


@cache
def licences() -> list[Licensed]:
    """Everything that is installed here of what the program stands on, by name."""
    found: dict[str, Licensed] = {}
    waiting = list(STANDS_ON)
    while waiting:
        name = _key(waiting.pop())
        if name in found:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        found[name] = Licensed(name, package.version, _licence(name, package))
        waiting += [_name(each) for each in package.requires or () if "extra ==" not in each]
    return sorted([*found.values(), *BUILT_IN], key=lambda each: each.name.lower())


def _name(requirement: str) -> str:
    """The name in "h11>=0.8; python_version < '3.12'"."""
    found = REQUIRED.match(requirement)
    return found[0] if found else requirement


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _licence(name: str, package: Distribution) -> str:
    """SPDX where the package has it, else its classifier or its own short words."""
    told = package.metadata
    classified = [each for each in told.get_all("Classifier") or [] if OF_CLASSIFIER in each]
    short = next((each.removeprefix(OF_CLASSIFIER) for each in classified), "")
    own, spdx = (_field(package, each) for each in ("License", "License-Expression"))
    return (spdx or short or own or IN_TEXT.get(name, UNTOLD))[:LONGEST]


def _field(package: Distribution, name: str) -> str:
    """The first line of the field; "" where it is not there."""
    return next(iter(package.metadata.get_all(name) or []), "").strip().partition("\n")[0]
