"""Which passwords are too easy to guess, and the hints while a person types one.

By NIST SP 800-63B, length and a list of common passwords count, not rules of composition.
"""

import gzip
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from models.people import PASSWORD_LENGTHS
from models.people.names import key_of

LIST = Path(__file__).parent / "lists" / "common-passwords.txt.gz"
SHORTEST, LONGEST = PASSWORD_LENGTHS
LONG = 20

COMMON = "This is a common password, or nearly one: people who guess try those first."
SIMPLE = "This repeats a few characters, or counts them up or down."
OWN_NAME = "It is little more than your own name."
PRODUCT_NAME = "It is little more than the name of this program, Sonarr or Radarr."

PRODUCT = ("vibe", "quality", "searcharr", "vqs", "sonarr", "radarr")
SHORTEST_WORD = 4
SHORTEST_NAME = 3
# Characters that a password needs beside the names in it.
LEAST_BESIDES = 8
MOST_ADDED = 3
MOST_SIGNS = 4
LONGEST_UNIT = 8
FEWEST_DIFFERENT = 5
# Signs that people type for letters, as in "p4$$w0rd"; 1 stands for two of them.
SIGNS = "@4301!5$78", "aaeoiisstb"
ONE_AS = tuple(str.maketrans(SIGNS[0], SIGNS[1].replace("i", letter)) for letter in "il")


class Hint(NamedTuple):
    """A hint; `tone` is waiting, refused or good."""

    tone: str
    sentence: str


USUAL = Hint("waiting", "At least 12 characters. A few words that you use nowhere else are fine.")


def objection(password: str, name: str = "") -> str | None:
    """Why this person should not use this password; None if nothing speaks against it."""
    plain = password.casefold()
    if _is_little_besides(plain, _words(name)):
        return OWN_NAME
    if _is_little_besides(plain, PRODUCT):
        return PRODUCT_NAME
    if _is_simple(plain):
        return SIMPLE
    return COMMON if any(_is_listed(shape) for shape in set(_shapes(plain))) else None


def hint(password: str, name: str = "") -> Hint:
    """The hint while a password is typed. It does not claim to measure how hard a guess is."""
    missing, too_many = SHORTEST - len(password), len(password) - LONGEST
    if not password:
        return USUAL
    if missing > 0:
        return Hint("waiting", f"{missing} more {'character' if missing == 1 else 'characters'}.")
    if too_many > 0:
        return Hint("refused", f"{too_many} too many: use at most {LONGEST} characters.")
    if against := objection(password, name):
        return Hint("refused", against)
    if len(password) < LONG:
        return Hint("good", "This can be used. Each further word makes it much harder to guess.")
    return Hint("good", "This can be used: it is long, and it is none of the common ones.")


def _is_little_besides(plain: str, words: tuple[str, ...]) -> bool:
    rest = plain
    for word in words:
        rest = rest.replace(word, " ")
    return rest != plain and sum(char.isalnum() for char in rest) < LEAST_BESIDES


def _words(name: str) -> tuple[str, ...]:
    key = key_of(name)
    words = [key, *re.split(r"\W+", key)]
    return tuple(word for word in words if len(word) >= SHORTEST_NAME)


def _is_simple(plain: str) -> bool:
    if len(set(plain)) < FEWEST_DIFFERENT or _unit(plain) <= min(LONGEST_UNIT, len(plain) - 1):
        return True
    steps = [abs(ord(after) - ord(before)) for before, after in pairwise(plain)]
    return sum(step > 1 for step in steps) < MOST_ADDED


def _unit(plain: str) -> int:
    """After how many characters it repeats; its length if it never does."""
    return (plain + plain).find(plain, 1)


def _shapes(plain: str) -> Iterator[str]:
    """The password, and its forms without the usual disguises."""
    for core in (plain[: _unit(plain)], *_without_signs_around(plain)):
        yield core
        yield re.sub(r"[\s._-]+", "", core)
        yield from (core.translate(table) for table in ONE_AS)
    for start in range(MOST_ADDED + 1):
        for end in range(MOST_ADDED + 1 - start):
            yield plain[start : len(plain) - end]


def _without_signs_around(plain: str) -> Iterator[str]:
    """The password with fewer signs at its ends; each may stand for a letter, so all are tried."""
    signs = re.compile(r"[\W\d_]*")
    head = len(signs.match(plain)[0])  # type: ignore[index]
    tail = len(signs.match(plain[::-1])[0])  # type: ignore[index]
    for start in range(max(head - MOST_SIGNS, 0), head + 1):
        for end in range(max(tail - MOST_SIGNS, 0), tail + 1):
            yield plain[start : len(plain) - end]


def _is_listed(word: str) -> bool:
    return len(word) >= SHORTEST_WORD and word in _common()


@cache
def _common() -> frozenset[str]:
    """The list of 20,000 words (1.6 MB), read at first use in 4 ms."""
    return frozenset(gzip.decompress(LIST.read_bytes()).decode().split())
