"""Who answered: the application itself, or something that stands in front of it.

How Sonarr and Radarr answer under /api: a wrong key is a 401 without a body; a 404 may be without
one too; every other error is JSON of one of a few shapes. They never answer 403 there.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

# The names that the errors of both applications have, by shape.
SHAPES = ({"message"}, {"errorMessage"}, {"title", "status"})
# Only the application sets this one.
ITS_HEADER = "x-application-version"
JSON = "application/json"
EMPTY = (401, 404, 405, 406, 415)


class Answer(NamedTuple):
    """Status, headers (names in lower case) and the beginning of the body."""

    status: int
    headers: Mapping[str, str]
    head: bytes

    @property
    def kind(self) -> str:
        """The content type, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_page(self) -> bool:
        return "html" in self.kind or self.head.lstrip()[:1] == b"<"

    @property
    def is_mistyped_json(self) -> bool:
        """A success whose body is JSON, whatever its content type says."""
        return 200 <= self.status < 300 and self.head.lstrip()[:1] in (b"{", b"[")

    @property
    def by_application(self) -> bool:
        """Whether it has the shape of an error of Sonarr or Radarr."""
        if self.status == 403 or "www-authenticate" in self.headers or self.is_page:
            return False
        if not self.head.strip() and self.kind in ("", JSON):
            return self.status in EMPTY and "location" not in self.headers
        return (
            self.status != 401
            and self.kind in (JSON, "application/problem+json")
            and (ITS_HEADER in self.headers or _is_its_error(self.head))
        )


def _is_its_error(body: bytes) -> bool:
    try:
        told: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    if isinstance(told, list):
        return bool(told) and all(
            isinstance(each, dict) and "errorMessage" in each for each in told
        )
    return isinstance(told, dict) and any(shape <= told.keys() for shape in SHAPES)
