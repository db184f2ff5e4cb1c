"""What is shown when a request cannot be served."""

import httpx
import pytest

from models.database import Database
from models.people import User
from models.queues import Queue
from tests.fakes.browser import HTMX, Browser
from tests.fakes.traps import unwritable
from tests.programs import Program

HEADINGS = {
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    413: "Too much at once",
    415: "Not a form",
    422: "Not understood",
}


async def _refused(browser: Browser, status: int, headers: dict[str, str]) -> httpx.Response:
    ours = {"Sec-Fetch-Site": "same-origin", **headers}
    token = await browser.token()
    match status:
        case 404:
            return await browser.http.get("/nothing", headers=headers)
        case 405:
            return await browser.http.get("/hold", headers=headers)
        case 403:
            return await browser.http.post("/hold", headers=ours, data={"token": ""})
        case 413:
            return await browser.http.post("/hold", headers=ours, data={"a": "b" * 2**20})
        case 415:
            return await browser.http.post("/hold", headers=ours, json={})
        case _:
            consent = "/queues/1/consent"
            return await browser.http.post(consent, headers=ours, data={"token": token})


@pytest.mark.parametrize("status", HEADINGS)
async def test_every_refusal_is_a_page_and_a_fragment(
    status: int, alices: Browser, nightly: Queue
) -> None:
    for headers in ({}, HTMX):
        answer = await _refused(alices, status, headers)
        assert answer.status_code == status
        assert HEADINGS[status] in answer.text
        assert answer.text.startswith("<title>" if headers else "<!doctype html>")
        assert "None" not in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["cache-control"] == "no-store"


async def test_a_stranger_sees_a_plain_page(browser: Browser, nightly: Queue) -> None:
    answer = await browser.http.get("/nothing")
    assert answer.status_code == 404
    assert 'class="plain"' in answer.text
    assert "Nightly" not in answer.text


async def test_what_nobody_expected_is_a_page_that_tells_nothing(
    alices: Browser, nightly: Queue, db: Database
) -> None:
    db.execute_sql("ALTER TABLE runs RENAME TO gone")
    transport = httpx.ASGITransport(alices.app, raise_app_exceptions=False)
    cookies = {"vqs": alices.http.cookies["vqs"]}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:7337", cookies=cookies
    ) as client:
        for headers in ({}, HTMX):
            answer = await client.get("/runs", headers=headers)
            assert answer.status_code == 500
            assert "Something went wrong" in answer.text
            assert "no such table" not in answer.text
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.embedded("refuses what one thread writes")
async def test_where_nothing_can_be_written_people_and_programs_are_told_why(
    alices: Browser, alice: User, nightly: Queue
) -> None:
    async with Program(alices.app, alice) as program:
        with unwritable():
            page = await alices.post("/hold")
            again = await program.http.post("/api/v1/hold")
    why = "The database could not be written: it can only be read. Nothing was changed"
    assert page.status_code == again.status_code == 503
    assert why in page.text and again.json()["detail"].startswith(why)
    assert (await alices.post("/hold")).status_code == 200


async def test_even_without_a_database_there_is_an_answer(alices: Browser, db: Database) -> None:
    db.execute_sql("ALTER TABLE settings RENAME TO gone")
    transport = httpx.ASGITransport(alices.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7337") as client:
        answer = await client.get("/queues")
    assert answer.status_code in (303, 500)
