"""S21: no secret gets into the log, whoever writes it, and however it is nested."""

import io
import logging
from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.environment.redaction import HIDDEN, redacted
from models.logs.lines import LineFormatter
from tests.security.shapes import (
    BARE_SHAPES,
    HARMLESS,
    JWT,
    KEY,
    PLAIN_SHAPES,
    QUOTED_SHAPES,
)

WORD = "hunter2-and-a-half"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a handler at the root writes, with the program's formatter."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter("text"))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def _with(secret: str, texts: list[str]) -> list[tuple[str, str]]:
    return [(text, text.replace("SECRET", secret)) for text in texts]


SECRETS = [
    *_with("hunter2 and a half", QUOTED_SHAPES),
    *_with(WORD, [*QUOTED_SHAPES, *PLAIN_SHAPES]),
    *[(text, text) for text in BARE_SHAPES],
]
OPEN = ("hunter2", "a half", "-half", KEY, KEY.upper(), JWT, JWT.rpartition(".")[2])


@pytest.mark.parametrize(("shape", "text"), SECRETS)
@pytest.mark.parametrize("before", ["", "2026-05-04 12:00:00,000 INFO httpx: ", "x" * 200 + " "])
def test_a_secret_is_taken_out_of(before: str, shape: str, text: str) -> None:
    clean = redacted(before + text)
    assert clean.startswith(before)
    assert HIDDEN in clean
    for secret in OPEN:
        assert secret not in clean
    assert redacted(clean).count(HIDDEN) == clean.count(HIDDEN)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


def test_what_stands_beside_a_secret_stays() -> None:
    for before, after in [
        ('{"name": "x", "password": "', '", "page": 2}'),
        ("GET /x?page=1&apikey=", "&sort=title took 12 ms"),
        ("<Name>x</Name><ApiKey>", "</ApiKey><Port>8989</Port>"),
        ("Cookie: vqs=", "\nHost: nas"),
        ("page%3D1%26apikey%3D", "%26sort%3Dtitle"),
    ]:
        clean = redacted(before + WORD + after)
        assert clean.startswith(before.rstrip('"').removesuffix("vqs="))
        assert clean.endswith(after.lstrip('"'))


@given(st.text(min_size=8, max_size=60).filter(lambda word: word.strip() == word))
def test_whatever_a_key_looks_like_its_place_in_a_query_hides_it(word: str) -> None:
    text = redacted(f"GET http://sonarr/api?{urlencode({'page': 1, 'apikey': word})} failed")
    assert text == f"GET http://sonarr/api?page=1&apikey={HIDDEN} failed"


@pytest.mark.parametrize("name", ["vqs", "httpx", "httpcore.http11", "uvicorn.error", "asyncio"])
@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, logging.ERROR])
def test_every_logger_and_level_is_covered(
    name: str, level: int, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Servers of other tests bring handlers of their own; the program's brings none.
    monkeypatch.setattr(logging.getLogger("uvicorn"), "propagate", True)
    logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger(name).log(level, "asked %s with %r", f"/x?apikey={WORD}", {"password": WORD})
    assert HIDDEN in log.getvalue()
    assert WORD not in log.getvalue()


def test_exceptions_and_what_caused_them_are_covered(log: io.StringIO) -> None:
    request = httpx.Request("GET", "http://sonarr/", headers={"X-Api-Key": WORD})
    try:
        try:
            raise ValueError(f"bad header in {request.headers.raw!r}")
        except ValueError as error:
            raise RuntimeError(f"https://me:{WORD}@nas/ failed") from error
    except RuntimeError:
        logging.getLogger("vqs").exception("it broke", stack_info=True)
    assert "RuntimeError" in log.getvalue()
    assert WORD not in log.getvalue()
