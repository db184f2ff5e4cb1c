"""What the lines of the log belong to: a request, a run, a queue, an instance, a task."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

Fields = Mapping[str, str | int]

_fields: ContextVar[Fields] = ContextVar("log_fields", default=MappingProxyType({}))


def fields() -> Fields:
    """The fields of every line that is written in this context."""
    return _fields.get()


def request_id() -> str:
    """The id of the request that this context serves; "" where no request began it."""
    return str(fields().get("request", ""))


def belong_to(**others: str | int) -> None:
    """Sets these fields, and no others, for the rest of this context."""
    _fields.set(others)


@contextmanager
def about(**more: str | int) -> Iterator[None]:
    """Adds fields to every line that is written inside; empty ones are left out."""
    token = _fields.set({**fields(), **{name: value for name, value in more.items() if value}})
    try:
        yield
    finally:
        _fields.reset(token)
