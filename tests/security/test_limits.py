"""What costs something can be asked for so often, and then it is said when to try again."""

import pytest

from models.instances import Instance
from models.people import User
from tests.conftest import PASSWORD
from tests.fakes.browser import HTMX, Browser
from views.web.limits import A_BACKLOG, AN_INSTANCE, MOST_KEYS, Limit, Limits


class Watch:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch(browser: Browser) -> Watch:
    made = Watch()
    browser.state.limits = Limits(made)
    return made


async def test_beyond_it_the_answer_is_429_as_page_and_as_fragment(
    browser: Browser, alice: User, living_room: Instance, watch: Watch
) -> None:
    await browser.sign_in("Alice", PASSWORD)
    path = f"/instances/{living_room.id}/syncs"
    answers = [await browser.post(path, follow=False) for _ in range(AN_INSTANCE.times + 1)]
    assert [answer.status_code for answer in answers] == [303] * AN_INSTANCE.times + [429]
    part = await browser.post(path, htmx=True)
    for answer in (answers[-1], part):
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "2"
        assert "Try again in 2 s" in answer.text
    assert "<html" not in part.text
    watch.seconds += 2
    assert (await browser.post(path, follow=False)).status_code == 303


async def test_reading_is_limited_as_well(browser: Browser, alice: User, watch: Watch) -> None:
    await browser.sign_in("Alice", PASSWORD)
    for _ in range(A_BACKLOG.times):
        assert (await browser.http.get("/searches")).status_code == 200
    assert (await browser.http.get("/searches", headers=HTMX)).status_code == 429
    assert (await browser.http.get("/queues")).status_code == 200


async def test_one_person_s_haste_does_not_slow_another(
    browser: Browser, alice: User, bob: User, watch: Watch
) -> None:
    await browser.sign_in("Alice", PASSWORD)
    for _ in range(A_BACKLOG.times + 1):
        await browser.http.get("/searches")
    async with Browser(browser.app) as other:
        await other.sign_in("Bob", PASSWORD)
        assert (await other.http.get("/searches")).status_code == 200


def test_buckets_fill_again_evenly_and_never_overflow() -> None:
    watch, limit, key = Watch(), Limit(3, 60), ("a", "b")
    limits = Limits(watch)
    assert [limits.wait(key, limit) for _ in range(4)] == [0, 0, 0, 20]
    watch.seconds += 15
    assert limits.wait(key, limit) == pytest.approx(5)
    watch.seconds += 6
    assert limits.wait(key, limit) == 0
    watch.seconds += 10_000
    assert [limits.wait(key, limit) > 0 for _ in range(4)] == [False, False, False, True]


def test_their_number_is_bounded() -> None:
    limits = Limits(Watch())
    for number in range(MOST_KEYS + 500):
        limits.wait(("path", str(number)), Limit(1, 60))
    assert len(limits._buckets) == MOST_KEYS
