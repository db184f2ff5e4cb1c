"""The page System: how every part is, for everybody who is signed in."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from jobs.standing import parts
from models import happenings
from models.database import database
from models.database.fields import now
from models.environment import Environment
from models.household import Household
from models.instances import Instance
from models.jobs import Job
from models.notifications import NoticeTarget
from models.parts import BADGES
from models.parts.licences import BUILT_IN, UNTOLD, licences
from models.people import User
from models.version import VERSION
from tests.fakes.browser import Browser

ROOT = Path(__file__).parents[2]


def _states(browser: Browser, options: Environment) -> dict[str, str]:
    return {part.name: part.state for part in parts(options, browser.state.work, now())}


async def test_everybody_signed_in_sees_every_part_and_nobody_a_secret(
    alices: Browser, veras: Browser, living_room: Instance, options: Environment
) -> None:
    living_room.change(version="4.0.9", checked_at=now())
    for browser in (alices, veras):
        page = await browser.get("/system")
        assert page.status_code == 200
        for word in (
            VERSION,
            "Running for",
            "Latest backup",
            living_room.url,
            "4.0.9",
            "starlette",
        ):
            assert word in page.text, word
        for part in parts(options, browser.state.work, now()):
            assert part.name in page.text, part.name
            assert BADGES[part.state].words in page.text
        for secret in (living_room.api_key.reveal(), Household.current().pepper.reveal()):
            assert secret not in page.text
    admins, viewers = [(await each.get("/system")).text for each in (alices, veras)]
    remedy = f"Put it back to {options.secret_path}"
    assert remedy in admins and remedy not in viewers


async def test_where_messages_go_is_told_without_the_secret_in_its_address(
    alices: Browser, options: Environment
) -> None:
    row = NoticeTarget.create(
        name="Family",
        key="family",
        kind="discord",
        settings='{"webhook_url": "https://x/Secret9"}',
        created_at=now(),
    )
    told = []
    for change in (
        {"key": "family"},
        {"sent_at": now()},
        {"dead_at": now(), "fault": "https://x/Secret9"},
    ):
        row.change(**change)
        told.append(_states(alices, options)["Family"])
        page = (await alices.get("/system")).text
        assert "Discord" in page and "Secret9" not in page
    assert told == ["waiting", "well", "fault"]


async def test_signed_out_nothing_of_it_is_told(browser: Browser, alice: User) -> None:
    page = await browser.get("/system")
    assert VERSION not in page.text


async def test_each_part_that_is_not_well_says_so(
    alices: Browser, living_room: Instance, options: Environment
) -> None:
    at = now()
    await alices.state.work.tick()
    living_room.change(checked_at=at)
    assert _states(alices, options)["Scheduler"] == "well"
    assert _states(alices, options)["Living room"] == "well"
    Household.current().change(held_at=at)
    living_room.change(fault="Living room has not answered since 02:15.")
    Job.named("storage", at).change(fault="The disk is full.", faulty_since=at)
    Job.named("check", at).change(fault="The database is damaged.", faulty_since=at)
    with database.atomic():
        happenings.note("signed-in", at + timedelta(days=3))
    found = _states(alices, options)
    assert found["Scheduler"] == "off"
    assert found["Living room"] == found["Housekeeping"] == "fault"
    # A server checks its pages by itself.
    assert found["Database"] == ("well" if database.is_server else "fault")
    assert found["Clock"] == "warning"
    page = await alices.get("/system")
    assert database.is_server or "The database is damaged." in page.text
    assert "Set this machine’s clock right" in page.text.replace("&#39;", "’")


def test_every_pinned_package_is_named_with_its_licence() -> None:
    written = (ROOT / "requirements.txt").read_text()
    pinned = {name.lower() for name in re.findall(r"^([\w.-]+)==", written, re.MULTILINE)}
    told = {each.name: each.licence for each in licences()}
    assert pinned == told.keys() - {each.name for each in BUILT_IN}
    assert [name for name, licence in told.items() if licence == UNTOLD] == []


@pytest.mark.parametrize("minutes", [-9, 9])
def test_a_clock_that_no_instance_shares_is_doubted(
    minutes: int, living_room: Instance, cinema: Instance, options: Environment
) -> None:
    for one, other in ((minutes, minutes), (minutes, 0)):
        for row, ahead in ((living_room, one), (cinema, other)):
            row.change(clock_ahead_ms=ahead * 60_000, checked_at=now())
        (clock,) = [part for part in parts(options, None, now()) if part.name == "Clock"]
        assert (clock.state == "warning") is (one == other), clock
    assert "instance" not in clock.sentence
