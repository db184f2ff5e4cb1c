"""The check for containers."""

from models.database import Database
from models.people import User
from tests.fakes.browser import Browser


async def test_it_answers_without_content_signed_in_or_not(
    browser: Browser, alices: Browser
) -> None:
    for one in (browser, alices):
        answer = await one.http.get("/health")
        assert (answer.status_code, answer.content) == (200, b"")
        assert "set-cookie" not in answer.headers


async def test_it_answers_before_anybody_exists(browser: Browser) -> None:
    assert (await browser.http.get("/health")).status_code == 200


async def test_it_says_when_the_database_does_not_answer(
    browser: Browser, alice: User, db: Database
) -> None:
    db.execute_sql("ALTER TABLE settings RENAME TO gone")
    answer = await browser.http.get("/health")
    assert (answer.status_code, answer.content) == (503, b"")
