"""S42: a text of an instance is cut as it is decoded, whatever record it stands in."""

import json
from typing import Any, get_args, get_type_hints

import pytest

from jobs.arr import replies
from jobs.arr.decoding import decode
from jobs.arr.replies import LONGEST, LONGEST_NAME, ArrReply

SHAPES = [
    each
    for each in vars(replies).values()
    if isinstance(each, type) and issubclass(each, ArrReply) and each is not ArrReply
]
NEEDED = {"id": 1, "indexerId": 1, "seasonNumber": 1, "totalRecords": 1, "records": []}


def _of(hint: Any) -> set[Any]:
    return {hint, *get_args(hint)}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_text_of_a_reply_has_its_length(shape: type[ArrReply]) -> None:
    hints = get_type_hints(shape)
    texts = [name for name, hint in hints.items() if str in _of(hint)]
    wire = dict(zip(shape.__struct_fields__, shape.__struct_encode_fields__, strict=True))
    given = {wire[name]: "\U0001f600" * 9_000 for name in texts}
    needed = {name: value for name, value in NEEDED.items() if name in wire.values()}
    made = decode(json.dumps(needed | given).encode(), shape)
    assert {name: len(getattr(made, name)) for name in texts} == {
        name: LONGEST.get(name, LONGEST_NAME) for name in texts
    }


def test_the_lengths_are_those_that_pages_and_columns_can_take() -> None:
    assert LONGEST == {
        "title": 500,
        "sort_title": 500,
        "source_title": 500,
        "message": 2_000,
        "exception": 2_000,
        "reason": 2_000,
        "path": 1_000,
        "root_folder_path": 1_000,
        "version": 50,
    }
    assert LONGEST_NAME == 200
