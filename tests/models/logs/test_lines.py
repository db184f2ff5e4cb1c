"""Lines of the log: one for each event, whatever a stranger's text holds."""

import asyncio
import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.environment.redaction import HIDDEN
from models.logs.about import about, belong_to, fields
from models.logs.lines import CUT, LONGEST_ERROR, LONGEST_MESSAGE, Line, LineFormatter

STYLES = ("text", "json")
FORGED = 'all is well"\n2026-05-04T12:00:00Z level=info message="forged'
# Ends of lines, of a terminal's colours, of directions of writing, and of nothing that is seen.
STRANGE = "\n\r\x00\x1b[31m\x7f\x85\u2028\u2029\u202e\u2066\ufeff"


def written(style: str, message: str, *values: object, error: bool = False) -> str:
    record = logging.LogRecord(
        "jobs.sync",
        logging.WARNING,
        "sync.py",
        1,
        message,
        values,
        sys.exc_info() if error else None,
    )
    return LineFormatter(style).format(record)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("text", [FORGED, STRANGE, "level=error", '{"level": "error"}', "\\n", '"'])
def test_a_strangers_text_stays_within_its_line_and_its_field(style: str, text: str) -> None:
    line = written(style, "the title is %s", text)
    assert line.isprintable()
    assert Line.read(line).level == "warning"
    assert Line.read(line).logger == "jobs.sync"


@given(st.text(max_size=200), st.sampled_from(STYLES))
def test_any_text_is_one_line_that_can_be_read_again(text: str, style: str) -> None:
    line = written(style, "%s", text)
    assert line.isprintable()
    read = Line.read(line)
    assert (read.level, read.logger) == ("warning", "jobs.sync")
    assert read.when is not None
    if text.isascii() and text.isprintable() and HIDDEN not in line:
        assert read.message == text.strip()


def test_a_line_is_pairs_of_names_and_values() -> None:
    line = written("text", "read %s items", 5)
    assert line.startswith("time=20")
    assert line.endswith('Z level=warning logger=jobs.sync message="read 5 items"')


def test_or_json() -> None:
    found = json.loads(written("json", "read %s items", 5))
    assert list(found) == ["time", "level", "logger", "message"]
    assert found["message"] == "read 5 items"


@pytest.mark.parametrize("style", STYLES)
def test_an_error_is_in_the_same_line_with_its_end(style: str) -> None:
    try:
        raise ValueError("x" * 2 * LONGEST_ERROR + " the end")
    except ValueError:
        line = written(style, "it broke " + "y" * 2 * LONGEST_MESSAGE, error=True)
    read = Line.read(line)
    assert read.message.endswith(CUT)
    assert read.error.startswith(CUT)
    assert read.error.endswith(" the end")
    assert len(line) < 2 * (LONGEST_MESSAGE + LONGEST_ERROR)


@pytest.mark.parametrize("style", STYLES)
def test_secrets_are_taken_out_before_anything_is_escaped(style: str) -> None:
    key = "hunter2-and-a-half"
    try:
        raise ValueError(f"GET /x?apikey={key}\nX-Api-Key: {key}")
    except ValueError:
        line = written(style, "asked %r", {"password": key}, error=True)
    assert key not in line
    assert line.count(HIDDEN) == 3


def test_a_line_says_what_it_belongs_to() -> None:
    with about(run=5, queue=3), about(instance=0, request=""):
        line = written("text", "x")
    assert line.endswith("message=x run=5 queue=3")
    assert written("text", "x").endswith("message=x")


async def test_what_one_task_belongs_to_is_not_of_another() -> None:
    async def inner() -> dict[str, str | int]:
        belong_to(request="b")
        await asyncio.sleep(0)
        return dict(fields())

    with about(request="a"):
        assert await asyncio.create_task(inner()) == {"request": "b"}
        assert fields() == {"request": "a"}


@pytest.mark.parametrize("text", ["", "no line of ours", "{", "[1]", "{}", '{"a":' * 5000, "a=b"])
def test_a_line_that_is_none_of_ours_is_shown_as_it_is(text: str) -> None:
    read = Line.read(text)
    assert read.message == text
    assert read.when is None
