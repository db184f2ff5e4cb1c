"""S21: no secret gets into the log, whoever writes it, and however it is nested."""

import io
import json
import logging
from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.redaction import HIDDEN, RedactingFormatter, redacted

KEY = "0123456789abcdef0123456789abcdef"
WORD = "hunter2-and-a-half"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a handler at the root writes, with the program's formatter."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter("%(levelname)s %(name)s: %(message)s"))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize(
    "text",
    [
        f"GET http://sonarr:8989/api/v3/series?apikey={WORD}&page=2",
        f"GET /x?page=2&api_key={WORD}",
        f"x-api-key: {WORD}",
        f"X-Api-Key:  {WORD} and more",
        f"X-Api-Key:{WORD}",
        f"Headers({{'host': 'nas', 'x-api-key': '{WORD}'}})",
        f"[(b'host', b'nas'), (b'x-api-key', b'{WORD}')]",
        f"Authorization: Bearer {WORD}",
        f"authorization=Basic {WORD}",
        f"sent 'Basic {WORD}=' to it",
        f"Cookie: vqs={WORD}; theme=dark",
        f"set-cookie: __Host-vqs={WORD}; Path=/",
        f"proxy http://user:{WORD}@proxy.lan:3128/ refused",
        f"https://discord.com/api/webhooks/12345/{WORD}",
        f"https://hooks.slack.com/services/T0/B0/{WORD}",
        f"https://api.telegram.org/bot123:{WORD}/sendMessage",
        f"POST http://ha.lan/api/webhook/{WORD} failed",
        f'{{"name": "x", "password": "{WORD}"}}',
        f"{{'password': '{WORD}', 'password_again': \"{WORD}\"}}",
        json.dumps({"outer": json.dumps({"apiKey": WORD})}),
        json.dumps({"list": [{"smtp_password": WORD}, {"client_secret": WORD}]}),
        f"password={WORD}",
        f"name=alice&password={WORD}&token={WORD}",
        f"Instance(name='x', api_key='{WORD}')",
        f"totp_secret={WORD}",
        f"/invitations/{WORD}-{WORD}",
        f"the key {KEY} was refused",
        f"the key {KEY.upper()}{KEY} was refused",
        f"token gAAAAABmabcdefghijklmnop{WORD}",
        f"VALUES ('alice', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA${WORD}')",
    ],
)
@pytest.mark.parametrize("before", ["", "2026-05-04 12:00:00,000 INFO httpx: "])
def test_a_secret_is_taken_out_of(before: str, text: str) -> None:
    clean = redacted(before + text)
    assert clean.startswith(before)
    assert HIDDEN in clean
    for secret in (WORD, KEY, KEY.upper()):
        assert secret not in clean


@pytest.mark.parametrize(
    "text",
    [
        "Living room: 3 searches, 1 grabbed",
        "GET http://sonarr:8989/api/v3/series?page=2 took 12 ms",
        "run 12 was left active",
        "Another server is running on the data folder /data.",
        "wrong_key: Living room refused the API key",
    ],
)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


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
