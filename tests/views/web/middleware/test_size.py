"""A bound on what is read of a request's body."""

from collections.abc import AsyncIterator

from models.household import Household
from tests.fakes.browser import Browser
from views.web.endpoint import MOST_FIELDS

OURS = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}


async def test_a_body_of_a_megabyte_is_read(alices: Browser) -> None:
    fields = f"token={await alices.token()}&rest=".encode()
    body = fields + b"x" * (2**20 - len(fields))
    assert (await alices.http.post("/hold", content=body, headers=OURS)).status_code == 303


async def test_a_larger_one_is_refused_before_it_is_read(alices: Browser) -> None:
    body = f"token={await alices.token()}&rest={'x' * 2**20}".encode()
    answer = await alices.http.post("/hold", content=body, headers=OURS)
    assert answer.status_code == 413
    assert Household.current().held_at is None


async def test_one_that_does_not_say_its_length_is_counted(alices: Browser) -> None:
    start = f"token={await alices.token()}&rest=".encode()

    async def body() -> AsyncIterator[bytes]:
        yield start
        for _ in range(17):
            yield b"x" * 2**16

    answer = await alices.http.post("/hold", content=body(), headers=OURS)
    assert answer.status_code == 413
    assert "Too much at once" in answer.text
    assert Household.current().held_at is None


async def test_too_many_fields_are_refused(alices: Browser) -> None:
    fields = {f"field{number}": "x" for number in range(MOST_FIELDS + 1)}
    answer = await alices.post("/hold", **fields)
    assert answer.status_code == 400
    assert Household.current().held_at is None
