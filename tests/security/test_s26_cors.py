"""S26: no other site reads anything, so no answer has a header that would let it."""

import pytest

from tests.fakes.browser import ADDRESS, HTMX, Browser
from tests.security.walk import send, walk
from views.web.assets import assets

OTHERS = ("null", ADDRESS, "http://127.0.0.1:8080")
ORIGINS = ("http://evil.example", *(pytest.param(each, marks=pytest.mark.long) for each in OTHERS))


def _letting_in(headers: object) -> list[str]:
    return [name for name in dict(headers) if name.startswith(("access-control-", "timing-"))]


@pytest.mark.long
@pytest.mark.parametrize("origin", ORIGINS)
async def test_no_page_lets_another_site_read_it(
    origin: str, alices: Browser, browser: Browser, furnished: dict[str, object]
) -> None:
    asset = assets().address("app.css")
    addresses = {step.at(**furnished).replace("{name:path}", "x") for step in walk()}
    for address in sorted(addresses | {asset, "/nothing"}):
        for one in (browser, alices):
            for headers in ({}, HTMX):
                answer = await one.http.get(address, headers={"Origin": origin, **headers})
                assert not _letting_in(answer.headers), address
                assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("origin", ORIGINS)
async def test_no_question_beforehand_is_answered_with_yes(
    origin: str, browser: Browser, furnished: dict[str, object]
) -> None:
    for step in walk():
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": step.method,
            "Access-Control-Request-Headers": "content-type,hx-request",
            "Access-Control-Request-Private-Network": "true",
        }
        answer = await send(browser.app, "OPTIONS", step.at(**furnished), asked)
        assert answer.status == 405, step
        assert not _letting_in(answer.headers), step


@pytest.mark.parametrize("origin", ORIGINS[:2])
async def test_nor_is_an_answer_to_a_form(
    origin: str, alices: Browser, furnished: dict[str, object]
) -> None:
    token = await alices.token()
    for step in walk():
        if step.method != "GET":
            for site in ("same-origin", "cross-site"):
                answer = await alices.http.post(
                    step.at(**furnished),
                    data={"_method": step.method, "token": token[:-4]},
                    headers={"Origin": origin, "Sec-Fetch-Site": site},
                )
                assert answer.status_code == 403, step
                assert not _letting_in(answer.headers), step
