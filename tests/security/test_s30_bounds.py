"""S30: what is read of a request is bounded, and so is the time it may take to come.

How a body is counted and timed is tested with its layer, tests/views/web/middleware/test_size.py.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from starlette.types import Receive, Scope, Send

from app import LARGEST_BODY
from models.people import User
from tests.fakes.browser import HTMX, Browser
from tests.security.walk import PAGES, UNSAFE, dump, send
from views.web.endpoint import MOST_FIELDS
from views.web.middleware.size import (
    LARGEST_HEADERS,
    LONGEST_ADDRESS,
    LONGEST_SECONDS,
    MOST_HEADERS,
    MOST_PARAMETERS,
)
from views.web.serving import Impatient, WebServer, listen

OURS = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
TOO_MANY = {f"X-{number}": "x" for number in range(MOST_HEADERS)}
TOO_LARGE = {"Cookie": "a" * LARGEST_HEADERS}
TOO_LONG = "q=" + "a" * LONGEST_ADDRESS
TOO_MUCH = "&".join(f"a{number}=" for number in range(MOST_PARAMETERS + 1))


async def test_no_form_takes_more_than_a_megabyte(
    alices: Browser, browser: Browser, furnished: dict[str, object]
) -> None:
    """As soon as its length is announced."""
    before = dump()
    for one in (alices, browser):
        for step in UNSAFE:
            for length in (LARGEST_BODY + 1, 10**30):
                headers = {**OURS, "Content-Length": str(length)}
                answer = await one.http.post(step.at(**furnished), content=b"a", headers=headers)
                assert answer.status_code == 413, step
    assert dump() == before


async def test_no_form_takes_more_than_so_many_fields(
    alices: Browser, furnished: dict[str, object]
) -> None:
    token, before = await alices.token(), dump()
    for step in UNSAFE:
        body = f"token={token}&_method={step.method}" + "&a=" * MOST_FIELDS
        answer = await alices.http.post(step.at(**furnished), content=body, headers=OURS)
        assert answer.status_code == 400, step
    assert dump() == before


@pytest.mark.parametrize("headers", [TOO_MANY, TOO_LARGE], ids=["many", "large"])
async def test_headers_are_bounded_at_every_address(
    headers: dict[str, str], browser: Browser, furnished: dict[str, object]
) -> None:
    for step in PAGES:
        for kind in ({}, HTMX):
            answer = await send(
                browser.app, "GET", step.at(**furnished), {**OURS, **headers, **kind}
            )
            assert answer.status == 431, step
            assert b"More" not in answer.body
            assert b"The browser sent too many headers" in answer.body


@pytest.mark.parametrize("query", [TOO_LONG, TOO_MUCH], ids=["long", "many"])
async def test_queries_are_bounded_at_every_address(
    query: str, alices: Browser, furnished: dict[str, object]
) -> None:
    for step in PAGES:
        for kind in ({}, HTMX):
            answer = await alices.http.get(f"{step.at(**furnished)}?{query}", headers=kind)
            assert answer.status_code == 414, step
            assert "too long" in answer.text


async def test_a_long_path_is_refused(browser: Browser, alice: User) -> None:
    assert (await browser.http.get("/" + "a" * LONGEST_ADDRESS)).status_code == 414


async def test_what_browsers_and_proxies_send_is_far_from_it(
    alices: Browser, furnished: dict[str, object]
) -> None:
    headers = {f"X-{number}": "x" * 200 for number in range(MOST_HEADERS // 2)}
    query = "&".join(f"name{number}=value" for number in range(MOST_PARAMETERS // 2))
    answer = await alices.http.get(f"/backlog?{query}", headers=headers)
    assert answer.status_code == 200


class Hasty(Impatient):
    """Waits as little as a test likes to."""

    seconds = 0.5


async def _empty(scope: Scope, receive: Receive, send: Send) -> None:
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


@pytest.fixture
def port() -> Iterator[int]:
    """The program's own server, on a free port, before a program that has nothing to say."""
    listener = listen("127.0.0.1", 0)
    server = WebServer(_empty, lambda: None, Hasty)
    server.config.lifespan = "off"
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(10)
    listener.close()


def _ends(one: socket.socket) -> bool:
    """Whether the other side hangs up, without another word."""
    one.settimeout(5)
    try:
        return one.recv(4096) == b""
    except ConnectionResetError:
        return True


STATIC = b"GET /static/nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.mark.long
@pytest.mark.parametrize("start", [b"", b"G", STATIC], ids=["nothing", "a byte", "some headers"])
def test_whoever_does_not_send_the_headers_is_hung_up_on(start: bytes, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(start)
        assert _ends(one)


def test_whoever_drips_them_is_hung_up_on_no_later(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(STATIC)
        began = time.monotonic()
        with suppress(OSError):
            while time.monotonic() < began + 10:
                one.sendall(b"X-A: b\r\n")
                time.sleep(0.05)
        assert time.monotonic() < began + 5


def test_whoever_has_asked_before_is_waited_for_no_longer(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n")
        one.settimeout(5)
        assert one.recv(65536).startswith(b"HTTP/1.1 204")
        one.sendall(STATIC)
        assert _ends(one)


def test_a_body_has_its_own_and_longer_time() -> None:
    assert 0 < Impatient.seconds <= LONGEST_SECONDS <= 30
