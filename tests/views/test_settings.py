"""The settings of the household."""

import re

import pytest

from models.database.fields import now
from models.forms.settings import HouseForm
from models.household import Household
from models.household.fixed import Fixed, fix, fixed
from models.instances import Instance
from tests.fakes.browser import Browser

GOOD = {
    "time_zone": "Europe/Berlin",
    "hourly_budget": "30",
    "daily_budget": "500",
    "missing_cooldown_days": "5",
    "upgrade_cooldown_days": "20",
    "fresh_days": "10",
    "fresh_first_hours": "3",
    "fresh_second_hours": "6",
    "fresh_later_hours": "9",
    "longest_cooldown_days": "40",
    "failed_cooldown_days": "2",
    "grace_hours": "3",
    "history_days": "90",
    "audit_days": "400",
    "log_level": "warning",
    "backup_rhythm": "weekly",
    "backup_time": "04:20",
    "backups_daily": "3",
    "backups_weekly": "2",
    "backups_monthly": "0",
}


@pytest.mark.parametrize("htmx", [False, True])
async def test_what_is_typed_holds_from_then_on(htmx: bool, alices: Browser) -> None:
    answer = await alices.post("/settings", method="PATCH", htmx=htmx, **GOOD)
    household = Household.current()
    assert answer.status_code == 200
    assert {name: str(getattr(household, name)) for name in GOOD} == GOOD


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("hourly_budget", "0", "Type a number of at least 1."),
        ("daily_budget", "-5", "Type a number of at least 1."),
        ("daily_budget", "99999999999999999999", "Type a number of at most 2000."),
        ("grace_hours", "soon", "Type a whole number."),
        ("longest_cooldown_days", "4", "cannot be shorter than the others"),
        ("time_zone", "Mars/Olympus", "Choose a time zone from the list."),
        ("fresh_days", "", "Please fill this in."),
        ("audit_days", "89", "Type a number of at least 90."),
        ("history_days", "13", "Type a number of at least 14."),
        ("backup_rhythm", "never", "Choose one from the list."),
        ("backup_time", "25:00", "is not a time of day"),
        ("backups_daily", "0", "Type a number of at least 1."),
        ("history_days", "3651", "Type a number of at most 3650."),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field_and_changes_nothing(
    field: str, value: str, sentence: str, alices: Browser
) -> None:
    before = Household.current().__data__ | {"pepper": None}
    page = await alices.post("/settings", method="PATCH", **GOOD | {field: value})
    assert page.status_code == 422
    assert sentence in page.text
    assert f'id="f-{field}-error"' in page.text
    assert Household.current().__data__ | {"pepper": None} == before


async def test_the_budget_of_the_household_counts_at_once(alices: Browser) -> None:
    await alices.post("/settings", method="PATCH", **GOOD)
    page = await alices.get("/settings")
    assert 'value="30"' in page.text


async def test_a_budget_says_what_it_means_beside_those_of_the_instances(
    alices: Browser, living_room: Instance, cinema: Instance
) -> None:
    async def said() -> str:
        return (await alices.get("/settings")).text

    assert "Your 2 instances together allow 200, so their own limits are met first." in await said()
    assert "Your 2 instances together allow 20: the same." in await said()
    cinema.change(daily_budget=900)
    assert "Your 2 instances together allow 1000, so this limit is met first." in await said()
    cinema.change(disabled_at=now())
    assert "Your one instance allows 100, so its own limit is met first." in await said()
    living_room.change(demo=True)
    assert "At most 400 a day over all instances.</p>" in await said()


async def test_a_cooldown_says_how_it_grows(alices: Browser) -> None:
    page = (await alices.get("/settings")).text
    assert "While it finds nothing: 7, 14, 28, 56, then always 60 days." in page
    Household.current().change(missing_cooldown_days=90, longest_cooldown_days=90)
    assert "Always 90 days." in (await alices.get("/settings")).text


async def test_advanced_settings_unfold_where_one_was_refused(alices: Browser) -> None:
    folded = re.compile(r'<details class="disclosure"( open)?>')
    assert folded.findall((await alices.get("/settings")).text) == [""]
    page = await alices.post("/settings", method="PATCH", **GOOD | {"grace_hours": "soon"})
    assert folded.findall(page.text) == [" open"]
    page = await alices.post("/settings", method="PATCH", **GOOD | {"daily_budget": "0"})
    assert folded.findall(page.text) == [""]


async def test_a_word_explains_itself_and_leads_to_all_words(alices: Browser) -> None:
    page = (await alices.get("/settings")).text
    words = re.findall(r'<button type="button" popovertarget="term-([a-z]+)">', page)
    assert sorted(words) == ["budget", "cooldown", "fresh"]
    every = (await alices.get("/help")).text
    for word in words:
        assert page.count(f'id="term-{word}" popover') == page.count(f'href="/help#{word}"') == 1
        assert f'<div id="{word}">' in every


async def test_what_is_fixed_outside_is_shown_with_its_place_and_cannot_be_edited(
    alices: Browser, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(lambda: fix({}))
    where = "VQS_HOURLY_BUDGET in the environment"
    fix({"hourly_budget": Fixed(7, where), "time_zone": Fixed("Asia/Tokyo", "VQS_TIME_ZONE")})
    page = await alices.get("/settings")
    field = re.search(r'<input[^>]*name="hourly_budget"[^>]*>', page.text)
    assert field and " disabled" in field[0] and 'value="7"' in field[0]
    assert re.search(r'<select[^>]*name="time_zone"[^>]* disabled', page.text)
    assert f"Set by {where}; change it there" in page.text
    before = HouseForm.typed(Household.get_by_id(1))
    forced = await alices.post("/settings", method="PATCH", **GOOD)
    assert forced.status_code == 422
    assert forced.text.count("Nothing was saved.") >= 2
    assert HouseForm.typed(Household.get_by_id(1)) == before
    others = {name: each for name, each in GOOD.items() if name not in fixed()}
    assert (await alices.post("/settings", method="PATCH", **others)).status_code == 200
    saved = Household.get_by_id(1)
    assert (saved.hourly_budget, saved.time_zone, saved.daily_budget) == (20, "UTC", 500)
    assert Household.current().hourly_budget == 7
