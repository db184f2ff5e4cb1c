"""Answers that hold the settings of a form: their fields are made of the form's own."""

import types
from collections.abc import Collection
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from models.forms import Form


def settings_struct(
    name: str, form: type[Form], but: Collection[str], **others: Any
) -> type[msgspec.Struct]:
    """An answer with `others`, and the fields of the form except those in `but`."""
    fields = {
        field: _plain(info.annotation)
        for field, info in form.model_fields.items()
        if field not in but
    }
    made = msgspec.defstruct(name, [*others.items(), *fields.items()], frozen=True, kw_only=True)
    made.__doc__ = f"{(form.__doc__ or '').strip().splitlines()[0]}"
    return made


def _plain(annotation: Any) -> Any:
    """The type without what pydantic checks of it."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _plain(inner[0])
    if origin is list:
        return list[_plain(inner[0])]  # type: ignore[misc]
    if origin in (Union, types.UnionType):
        return Union[tuple(_plain(each) for each in inner)]  # noqa: UP007 # of a tuple
    return annotation
