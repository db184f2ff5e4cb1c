"""What replies hold is turned into values that every database can keep."""

import pytest

from jobs.arr.decoding import decode, decode_each


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (rb"a\u0000b", "ab"),
        (rb"a\ud800b", "ab"),
        (rb"a\uDC00b", "ab"),
        (rb"\ud83d\ud83d\ude00", "\U0001f600"),
        (rb"C:\\u0000", r"C:\u0000"),
        (rb"\\\u0000x", "\\x"),
        (rb"caf\u00e9", "caf\u00e9"),
    ],
)
def test_what_no_database_can_keep_is_dropped_from_a_text(told: bytes, kept: str) -> None:
    assert decode(b'"' + told + b'"', str) == kept
    assert decode_each([b'"' + told + b'"'], str) == ([kept], 0)
