"""The next moments of a schedule, before and after it is saved."""

import re
from typing import Any

import pytest

from models.instances import Instance
from models.queues import Queue
from models.schedules import Schedule
from tests.fakes.browser import Browser
from tests.views.typed import everything, queue_fields

WEEKLY = {"kind": "weekly", "times": "3:00, 15:00", "weekdays": ["0", "4"]}


def shown(text: str) -> int:
    """How many moments a page holds."""
    lists = re.findall(r'<ol class="timetable-rows">(.*?)</ol>', text, re.DOTALL)
    return sum(each.count("<li>") for each in lists)


async def test_the_new_form_holds_every_kind_and_the_zone_of_the_person(
    bobs: Browser, living_room: Instance
) -> None:
    page = await bobs.get("/queues/new")
    for kind in ("every", "daily", "weekly", "cron"):
        assert f'name="kind" value="{kind}"' in page.text
    assert 'name="kind" value="every" checked' in page.text
    assert '<option value="Europe/Berlin" selected>' in page.text
    assert 'name="times" value="03:00"' in page.text
    assert shown(page.text) == 10
    assert "Every 2 hours" in page.text


async def test_the_schedule_that_was_chosen_is_saved(bobs: Browser, living_room: Instance) -> None:
    fields = queue_fields(
        1, **WEEKLY, hours_from="22:00", hours_until="7:00", jitter_minutes="5", catch_up="1"
    )
    answer = await bobs.post("/queues", follow=False, **fields)
    assert answer.status_code == 303
    assert Queue.get().schedule == Schedule(
        kind="weekly",
        times=("03:00", "15:00"),
        weekdays=(0, 4),
        hours=("22:00", "07:00"),
        jitter_minutes=5,
        time_zone="Europe/Berlin",
    )


async def test_the_edit_form_holds_the_schedule(alices: Browser, nightly: Queue) -> None:
    plan = Schedule(kind="cron", cron="0 3 L * *", time_zone="Asia/Kolkata", catch_up=False)
    nightly.change(schedule_json=plan.model_dump_json())
    page = await alices.get("/queues/1/edit")
    assert 'name="kind" value="cron" checked' in page.text
    assert 'name="cron" value="0 3 L * *"' in page.text
    assert '<option value="Asia/Kolkata" selected>' in page.text
    assert 'name="catch_up" value="1" role="switch" checked' not in page.text
    assert "At 03:00 on the last day of every month" in page.text
    assert "for you" in page.text


async def test_a_zone_that_is_not_known_any_more_stays_chosen_and_is_said(
    alices: Browser, nightly: Queue
) -> None:
    plan = Schedule(kind="daily", times=("03:00",), time_zone="Atlantis/Centre")
    nightly.change(schedule_json=plan.model_dump_json())
    page = await alices.get("/queues/1/edit")
    assert '<option value="Atlantis/Centre" selected>Atlantis/Centre (not known here)' in page.text
    assert "Choose a time zone from the list." in page.text


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("address", ["/queues/preview", "/queues/preview?queue=1"])
async def test_an_unsaved_schedule_is_previewed_and_nothing_is_saved(
    address: str, htmx: bool, alices: Browser, nightly: Queue
) -> None:
    before = everything()
    answer = await alices.post(address, htmx=htmx, **queue_fields(1, **WEEKLY))
    assert answer.status_code == 200
    assert "Mondays and Fridays at 03:00 and 15:00" in answer.text
    assert shown(answer.text) == 10
    assert everything() == before
    if htmx:
        assert answer.text.lstrip().startswith('<div class="answer"')


async def test_without_script_the_form_is_shown_again_as_it_was_typed(
    alices: Browser, nightly: Queue
) -> None:
    fields = queue_fields(1, **WEEKLY, name="", batch_size="many", cron="kept")
    page = await alices.post("/queues/preview?queue=1", **fields)
    assert page.status_code == 422
    assert "Type a whole number." in page.text
    assert 'action="/queues/1"' in page.text and 'value="PATCH"' in page.text
    for kept in ('name="batch_size" value="many"', 'value="3:00, 15:00"', 'value="kept"'):
        assert kept in page.text
    assert "Please fill this in." not in page.text
    new = await alices.post("/queues/preview", **fields)
    assert 'action="/queues"' in new.text


async def test_a_fault_is_said_beside_its_field_and_in_the_preview(
    alices: Browser, nightly: Queue
) -> None:
    fields = queue_fields(1, kind="cron", cron="0 25 * * *")
    page = await alices.post("/queues/preview", **fields)
    part = await alices.post("/queues/preview", htmx=True, **fields)
    assert page.status_code == 422
    assert 'id="f-cron-error"' in page.text
    for answer in (page, part):
        assert "The hour “25” cannot be used: hours go from 0 to 23." in answer.text
        assert "For example, 0 3 * * 1-5 is 03:00 from Monday to Friday." in answer.text
        assert shown(answer.text) == 0


async def test_the_focus_stays_in_the_field_that_is_being_typed_in(
    alices: Browser, nightly: Queue
) -> None:
    """An answer of 422 would move it to what is marked as wrong."""
    part = await alices.post("/queues/preview", htmx=True, **queue_fields(1, every=""))
    assert part.status_code == 200
    assert "Please fill this in." in part.text


async def test_other_queues_of_the_same_minute_are_named(
    alices: Browser, nightly: Queue, living_room: Instance
) -> None:
    plan = Schedule(kind="daily", times=("03:00",), time_zone="Europe/Berlin")
    nightly.change(schedule_json=plan.model_dump_json())
    fields = queue_fields(1, kind="daily", times="03:00")
    assert "the same minute" not in (await alices.post("/queues/preview", **fields)).text
    nightly.start(nightly.created_at)
    always = (await alices.post("/queues/preview", **fields)).text
    assert always.count("the same minute") == 1
    assert "Each in the same minute as Nightly." in always
    twice = queue_fields(1, kind="daily", times="03:00, 15:00")
    now_and_then = (await alices.post("/queues/preview", **twice)).text
    assert now_and_then.count("in the same minute as Nightly") == 5


async def test_a_queue_shows_its_next_moments_to_everybody(veras: Browser, nightly: Queue) -> None:
    plan = Schedule(kind="daily", times=("03:00", "15:00"), time_zone="America/New_York")
    nightly.change(schedule_json=plan.model_dump_json())
    page = await veras.get("/queues/1")
    assert 'href="/schedules/preview?queue=1"' in page.text
    page = await veras.get("/schedules/preview?queue=1")
    assert "Daily at 03:00 and 15:00" in page.text and "America/New_York" in page.text
    assert shown(page.text) == 10


async def test_an_address_can_hold_a_schedule(veras: Browser, nightly: Queue) -> None:
    address = "/schedules/preview?kind=weekly&times=03:00&weekdays=0&weekdays=4&time_zone=UTC"
    page = await veras.get(address)
    assert "Mondays and Fridays at 03:00" in page.text
    assert shown(page.text) == 10
    page = await veras.get("/schedules/preview?kind=cron&cron=60+*+*+*+*&nothing=x")
    assert "The minute “60” cannot be used" in page.text


@pytest.mark.parametrize("number", ["2", "0", "x", "-1", "9" * 30, "１"])
async def test_a_queue_that_is_not_there_is_not_found(
    number: str, alices: Browser, nightly: Queue
) -> None:
    assert (await alices.get(f"/schedules/preview?queue={number}")).status_code == 404
    for part in ("preview", "filters"):
        address = f"/queues/{part}?queue={number}"
        assert (await alices.post(address, **queue_fields(1))).status_code == 404


async def test_the_form_of_somebody_elses_queue_is_not_shown(bobs: Browser, nightly: Queue) -> None:
    answer = await bobs.post("/queues/preview?queue=1", **queue_fields(1))
    assert answer.status_code == 403
    assert "belongs to somebody else" in answer.text


BAD: list[tuple[dict[str, Any], str]] = [
    ({"kind": "daily", "times": "noon"}, "“noon” is not a time of day."),
    ({"kind": "weekly", "weekdays": []}, "Choose at least one day."),
    ({"kind": "cron", "cron": "@daily"}, "The same as @daily is 0 0 * * *."),
    ({"kind": "daily", "times": "12:00", "hours_from": "1:00", "hours_until": "2:00"}, "never run"),
    ({"time_zone": "Atlantis/Centre"}, "Choose a time zone from the list."),
    ({"jitter_minutes": "20"}, "at most 15"),
]


@pytest.mark.parametrize(("changes", "sentence"), BAD)
@pytest.mark.parametrize("htmx", [False, True])
async def test_a_schedule_that_cannot_be_used_is_not_saved_and_what_was_typed_stays(
    changes: dict[str, Any], sentence: str, htmx: bool, alices: Browser, nightly: Queue
) -> None:
    before = everything()
    typed = queue_fields(1, name="", **changes)
    for path, method in (("/queues", "POST"), ("/queues/1", "PATCH")):
        answer = await alices.post(path, method=method, htmx=htmx, **typed)
        assert answer.status_code == 422
        assert sentence in answer.text and "Please fill this in." in answer.text
        assert f'name="kind" value="{changes.get("kind", "every")}" checked' in answer.text
    assert everything() == before
