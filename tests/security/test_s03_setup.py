"""S03: the first run happens once, and what is typed there decides nothing but the account."""

import asyncio

import pytest

from models.database.fields import now
from models.household import Household
from models.people import User
from tests.conftest import PASSWORD, SETUP_TOKEN
from tests.fakes.browser import Browser

TYPED = {
    "name": "Mallory",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "time_zone": "Europe/Berlin",
    "setup_token": SETUP_TOKEN,
}


async def test_two_at_the_same_time_make_one_administrator(browser: Browser) -> None:
    async with Browser(browser.app) as other:
        tokens = [await browser.token(), await other.token()]
        answers = await asyncio.gather(
            browser.post("/setup", follow=False, **TYPED | {"token": tokens[0]}),
            other.post("/setup", follow=False, **TYPED | {"name": "Eve", "token": tokens[1]}),
        )
    assert sorted(answer.status_code for answer in answers) == [303, 403]
    assert User.select().count() == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_it_never_exists_again(method: str, browser: Browser, alice: User) -> None:
    before = [user.__data__ for user in User.select()]
    if method == "GET":
        answer = await browser.http.get("/setup")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
    else:
        answer = await browser.post("/setup", follow=False, **TYPED)
        assert answer.status_code == 403
    assert [user.__data__ for user in User.select()] == before


async def test_not_even_when_the_only_person_is_disabled(browser: Browser, alice: User) -> None:
    alice.change(disabled_at=now())
    assert (await browser.post("/setup", follow=False, **TYPED)).status_code == 403
    assert User.select().count() == 1


@pytest.mark.parametrize(
    "field",
    [
        {"setup_mode": "1"},
        {"is_admin": "1"},
        {"role": "admin"},
        {"disabled_at": ""},
        {"id": "7"},
        {"key": "alice"},
        {"password_hash": "x"},
    ],
    ids=lambda field: next(iter(field)),
)
async def test_a_field_of_its_own_changes_nothing(
    field: dict[str, str], browser: Browser, db: object
) -> None:
    household = Household.current().__data__
    answer = await browser.post("/setup", follow=False, **TYPED | field)
    assert answer.status_code == 422
    assert not User.select().exists()
    assert Household.current().__data__["time_zone"] == household["time_zone"]


async def test_nor_does_it_once_somebody_is_there(browser: Browser, alice: User) -> None:
    for field in ("setup_mode", "first_run", "role", "_method"):
        answer = await browser.post("/setup", follow=False, **TYPED | {field: "1"})
        assert answer.status_code in (403, 405)
    assert User.select().count() == 1
