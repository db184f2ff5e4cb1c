"""An array that comes in pieces is the array that comes whole."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.net.arrays import NotAnArray, RecordTooLarge, Splitter

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def split(pieces: list[bytes], limit: int = 1_000_000, *, paged: bool = False) -> list[Any]:
    splitter = Splitter(limit, inside="records" if paged else "")
    found = [json.loads(element) for piece in pieces for element in splitter.feed(piece)]
    splitter.close()
    return found


@pytest.mark.long
@settings(max_examples=150, deadline=None)
@given(st.lists(ANYTHING, max_size=6), st.data())
def test_an_array_cut_anywhere_is_the_whole_array(array: list[Any], data: st.DataObject) -> None:
    indent = data.draw(st.sampled_from([None, 2]))
    text = json.dumps(array, indent=indent, ensure_ascii=data.draw(st.booleans())).encode(
        "utf-8", "surrogatepass"
    )
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    edges = [0, *cuts, len(text)]
    pieces = [text[start:end] for start, end in pairwise(edges)]
    expected = json.loads(text)
    assert split(pieces) == expected
    assert split([text[at : at + 1] for at in range(len(text))]) == expected


@settings(max_examples=150, deadline=None)
@given(st.lists(ANYTHING, max_size=5), ANYTHING, st.data())
def test_a_page_cut_anywhere_gives_its_records_and_what_is_around_them(
    records: list[Any], other: Any, data: st.DataObject
) -> None:
    whole = {"page": 1, "other": other, "records": records, "totalRecords": 7, "last": [other]}
    indent = data.draw(st.sampled_from([None, 2]))
    text = json.dumps(whole, indent=indent).encode()
    size = data.draw(st.integers(1, len(text)))
    splitter = Splitter(inside="records")
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    found = [json.loads(element) for piece in pieces for element in splitter.feed(piece)]
    splitter.close()
    assert found == records
    assert json.loads(splitter.envelope) == whole | {"records": []}


@pytest.mark.parametrize("text", [b"[]", b"{", b'{"records": [', b'{"records": [1', b"{} {}", b"1"])
def test_what_is_no_whole_page_is_refused(text: bytes) -> None:
    with pytest.raises(NotAnArray):
        split([text], paged=True)


def test_what_is_around_the_records_is_bounded() -> None:
    for around in (b'"x": "' + b"x" * 70_000, b'"records": [], ' * 5_000):
        with pytest.raises(NotAnArray):
            Splitter(inside="records").feed(b"{" + around)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 60))
def test_no_bytes_break_the_splitter(junk: bytes, at: int) -> None:
    splitter = Splitter()
    try:
        for piece in (b"[" + junk[:at], junk[at:]):
            splitter.feed(piece)
        splitter.close()
    except NotAnArray:
        pass


@pytest.mark.parametrize("text", [b"", b" ", b"{}", b"[", b"[1", b'["]', b"[] 1", b"[[1]"])
def test_what_is_no_whole_array_is_refused(text: bytes) -> None:
    with pytest.raises(NotAnArray):
        split([text])


def test_an_element_past_the_limit_is_refused_before_it_ends() -> None:
    with pytest.raises(RecordTooLarge):
        split([b'["' + b"x" * 50, b"y" * 60], limit=100)
    with pytest.raises(RecordTooLarge):
        split([b'["' + b"x" * 200 + b'"]'], limit=100)
