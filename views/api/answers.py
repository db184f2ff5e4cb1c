"""What answers are made of, and how they are written: with titles, without, or masked."""

import hashlib
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Generic, Self, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta

from models.people.keys import ApiKey
from views.web.mask import Mask, without_addresses

T = TypeVar("T")


def _hides(kind: str, words: str) -> Meta:
    return Meta(extra={"hides": kind}, description=words)


# Texts that may tell a title. A key for numbers only gets null instead, whatever stands there.
Title = Annotated[str | None, _hides("title", "Null for a key that reads numbers only.")]
ReleaseName = Annotated[str | None, _hides("release", "Null without one, or without titles.")]
Sentence = Annotated[str | None, _hides("sentence", "Null without one, or without titles.")]
Step = Annotated[str | None, _hides("step", "Null for a key that reads numbers only.")]
LeftOut = Annotated[str | None, _hides("left_out", "A line each. Null without titles.")]
Link = Annotated[str | None, _hides("link", "Null without one, or without titles.")]
# ISO 8601, UTC.
Moment = Annotated[datetime, Meta(tz=True)]


class Listed(msgspec.Struct, Generic[T], frozen=True):
    """A list, or a part of one: `next` is the cursor of the following part, null at its end."""

    items: list[T]
    next: str | None

    @classmethod
    def whole(cls, items: list[T]) -> Self:
        """A list that has no further part."""
        return cls(items, None)


class Veil:
    """What a key's answers do not tell."""

    def __init__(self, key: ApiKey, mask: Mask | None) -> None:
        self.shows_titles = key.shows_titles
        self.mask = mask

    def encoded(self, answer: object) -> bytes:
        """The answer as JSON."""
        if self.shows_titles and self.mask is None:
            return msgspec.json.encode(answer)
        body = msgspec.json.encode(self._veiled(answer))
        return body if self.mask is None else without_addresses(body.decode()).encode()

    def _veiled(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._veiled(each) for each in value]
        if not isinstance(value, msgspec.Struct):
            return value
        hidden = hidden_fields(type(value))
        changes = {
            name: self._hidden(hidden[name], told) if name in hidden else self._veiled(told)
            for name in value.__struct_fields__
            if (told := getattr(value, name)) is not None
        }
        return msgspec.structs.replace(value, **changes)

    def _hidden(self, kind: str, text: str) -> str | None:
        if not self.shows_titles or kind == "link":
            return None
        assert self.mask is not None
        if kind == "title":
            return self.mask.title(text)
        if kind == "release":
            return self.mask.release(text)
        told = self.mask.within(None, kind, text)
        return self.mask.sentence(told)


@cache
def hidden_fields(answer: type[msgspec.Struct]) -> dict[str, str]:
    """The fields of an answer that may tell a title, with the kind of text that stands there."""
    hints = get_type_hints(answer, include_extras=True)
    return {
        name: part.extra["hides"]
        for name, hint in hints.items()
        for part in get_args(hint)
        if isinstance(part, Meta) and part.extra
    }


def tag_of(body: bytes) -> str:
    """The entity tag (RFC 9110) of a resource that is written so."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
