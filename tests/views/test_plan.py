"""The plan of the household, and that of a queue as it stands in its form."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from jobs.engine import Engine
from models.backlog import Item
from models.database.fields import now
from models.instances import Instance
from models.queues import Queue
from tests.fakes.browser import Browser
from tests.timing import every
from tests.views.typed import everything, queue_fields, settled
from tests.wanted import wanted

FLAGS = re.DOTALL | re.IGNORECASE


@pytest.fixture
def running(nightly: Queue, living_room: Instance) -> Queue:
    """The nightly queue, started, with 130 items that it takes and one upgrade."""
    nightly.start(now() + timedelta(hours=1))
    living_room.change(synced_at=now())
    for _ in range(130):
        wanted(living_room)
    wanted(living_room, want="upgrade")
    return nightly


async def test_the_page_says_how_long_what_binds_and_what_is_left_out(
    veras: Browser, running: Queue
) -> None:
    page = await veras.get("/plan")
    assert "<b>3 days</b>" in page.text and "for one round of 130 items" in page.text
    assert (
        "<strong>60 items a day:</strong> 12 runs a day, 5 items each. No new ones came recently."
        in page.text
    )
    assert "With 10 a run: <b>2 days</b>" in page.text
    assert "No queue takes upgrades there." in page.text
    assert "Make one" not in page.text


async def test_each_running_queue_has_its_line_and_its_figures(
    veras: Browser, running: Queue
) -> None:
    page = (await veras.get("/plan")).text
    done = (now() + timedelta(days=130 / 60)).astimezone(ZoneInfo("Europe/Berlin"))
    assert f"130 items, done about {done.day} {done:%b}</title>" in page
    assert 'class="chart-line" data-state="plan"' in page
    told = ("130", "60.0", "0.0", f"{done.day} {done:%b}", "–")
    assert "".join(f"<td><bdi>{each}</bdi></td>" for each in told) in page
    running.pause(now())
    page = (await veras.get("/plan")).text
    assert "done about" not in page
    assert "The queue that takes them does not run." in page and "Start or resume it" not in page


async def test_members_are_led_to_the_remedy(bobs: Browser, running: Queue) -> None:
    page = await bobs.get("/plan")
    assert 'href="/queues/new?instance=1&strategy=cutoff"' in page.text.replace("&amp;", "&")
    form = await bobs.get("/queues/new?instance=1&strategy=cutoff")
    assert 'name="strategy" value="cutoff"' in form.text
    for query in ("?instance=99", "?instance=x&strategy=everything", "?strategy="):
        assert (await bobs.get(f"/queues/new{query}")).status_code == 200


async def test_a_paused_queue_is_said_to_search_nothing(bobs: Browser, running: Queue) -> None:
    running.pause(now())
    page = await bobs.get("/plan")
    assert "It searches nothing until it is resumed." in page.text
    assert "The queue that takes them does not run." in page.text


async def test_without_an_instance_there_is_no_plan(alices: Browser, engine: Engine) -> None:
    page = await alices.get("/plan")
    assert "No instance yet" in page.text
    await settled(engine)


async def test_without_a_queue_it_says_that_nothing_is_searched(
    alices: Browser, living_room: Instance
) -> None:
    wanted(living_room)
    page = await alices.get("/plan")
    assert "No queue yet" in page.text
    assert "No queue searches on this instance." in page.text


async def test_the_plan_and_the_yield_lead_to_each_other(alices: Browser, running: Queue) -> None:
    for here, there in (("/plan", "/yield"), ("/yield", "/plan")):
        page = await alices.get(here)
        assert f'<a href="{here}" aria-current="page">' in page.text
        assert f'<a href="{there}">' in page.text


async def test_every_page_says_the_same_figure(alices: Browser, running: Queue) -> None:
    said = re.compile(r"<(b|strong)>3 days</\1>.{0,90}for one round of 130 items\.", re.DOTALL)
    for path in ("/plan", "/queues/1", "/queues/1/preview"):
        assert said.search((await alices.get(path)).text), path
    typed = queue_fields(1, name="Nightly", every="2", batch_size="5")
    draft = await alices.post("/queues/preview?queue=1", htmx=True, **typed)
    assert said.search(draft.text)
    last = Item.select().where(Item.want == "missing").order_by(Item.random_key.desc()).first()
    assert "<b>130</b> of 130" in (page := (await alices.get(f"/items/{last.id}")).text)
    assert "This queue reaches it in about 3 days" in page


async def test_the_budget_that_sets_the_pace_is_named_with_its_weights(
    alices: Browser, running: Queue, living_room: Instance
) -> None:
    living_room.change(daily_budget=40)
    other = Queue.create(**running.__data__ | {"id": None, "name": "B", "key": "b", "weight": 3})
    other.serve([living_room])
    page = await alices.get("/plan")
    assert "10 items a day:</strong> the daily budget of <bdi>Living room</bdi> is 40" in page.text
    assert "this queue gets 1 of 4 parts." in page.text
    assert "If the daily budget of <bdi>Living room</bdi> were 80: <b>7 days</b>." in page.text
    assert 'href="/instances/1/edit"' in page.text


async def test_where_as_many_come_as_are_searched_it_says_never(
    alices: Browser, running: Queue, living_room: Instance
) -> None:
    Item.update(first_seen_at=now() - timedelta(days=400)).execute()
    for _ in range(60):
        wanted(living_room, first_seen_at=now() - timedelta(days=3))
    running.change(batch_size=1, schedule_json=every(1440))
    for path in ("/plan", "/queues/1", "/queues/1/preview"):
        page = await alices.get(path)
        assert re.search(
            r">never<.*at this pace: as many new items come as it searches", page.text, re.S | re.I
        )


async def test_a_queue_whose_instance_is_off_searches_nothing(
    alices: Browser, running: Queue, living_room: Instance
) -> None:
    living_room.change(disabled_at=now())
    page = await alices.get("/plan")
    assert "It has no next run, or no instance that is switched on." in page.text
    assert "The instance is switched off." in page.text


async def test_before_its_start_a_queue_is_planned_as_if_it_ran(
    alices: Browser, nightly: Queue, living_room: Instance
) -> None:
    living_room.change(synced_at=now())
    for _ in range(60):
        wanted(living_room)
    page = await alices.get("/queues/1/preview")
    assert "It is not started" in page.text
    assert "<strong>1 day</strong> for one round of 60 items" in page.text


@pytest.mark.parametrize("path", ["/queues/preview?queue=", "/queues/preview?queue=1"])
async def test_the_plan_of_a_form_comes_back_with_all_that_was_typed(
    path: str, alices: Browser, running: Queue, living_room: Instance
) -> None:
    living_room.change(daily_budget=1000)
    before = everything()
    answer = await alices.post(path, **queue_fields(1, batch_size="7"))
    assert answer.status_code == 200
    assert answer.text.startswith("<!doctype html>")
    assert 'value="Evening"' in answer.text
    assert 'name="batch_size" value="7"' in answer.text
    assert "With 14 a run:" in answer.text
    assert "Begins with" in answer.text
    assert "Items still to search in this round" in answer.text
    assert everything() == before


async def test_with_htmx_the_plan_comes_alone(alices: Browser, running: Queue) -> None:
    answer = await alices.post("/queues/preview?queue=", htmx=True, **queue_fields(1))
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div class="answer"')
    assert "items a day:" in answer.text
    assert "Every 3 hours" in answer.text


async def test_a_plan_needs_no_name(alices: Browser, running: Queue) -> None:
    for name in ("", "Nightly"):
        typed = queue_fields(1, name=name)
        answer = await alices.post("/queues/preview?queue=", htmx=True, **typed)
        assert "items a day:" in answer.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"batch_size": "0"}, "at least 1"),
        ({"instances": []}, "Choose at least one."),
        ({"instances": ["99"]}, "One of these instances was deleted"),
        ({"owner": "1"}, "no field “owner”"),
    ],
)
async def test_what_cannot_be_planned_is_said(
    changes: dict[str, object], sentence: str, alices: Browser, running: Queue
) -> None:
    before, typed = everything(), queue_fields(1, **changes)
    page = await alices.post("/queues/preview?queue=", **typed)
    assert page.status_code == 422
    assert sentence in page.text
    assert 'value="Evening"' in page.text
    part = await alices.post("/queues/preview?queue=", htmx=True, **typed)
    assert "No plan yet" in part.text
    assert sentence in part.text
    assert everything() == before


async def test_somebody_elses_queue_is_not_planned(bobs: Browser, running: Queue) -> None:
    typed = queue_fields(1)
    assert (await bobs.post("/queues/preview?queue=1", **typed)).status_code == 403
    assert (await bobs.post("/queues/preview?queue=99", **typed)).status_code == 404


async def test_while_lists_are_read_for_the_first_time_nothing_is_said_of_them(
    bobs: Browser, running: Queue, living_room: Instance
) -> None:
    living_room.change(synced_at=None)
    page = await bobs.get("/plan")
    assert "<bdi>Living room</bdi> is not synced yet, so the plan does" in page.text
    assert "not synced yet." in page.text
    assert "one round of" not in page.text
    assert "every 2s" in page.text
    draft = await bobs.post("/queues/preview?queue=", htmx=True, **queue_fields(1))
    assert "not synced yet. Ask again in a minute" in draft.text
    assert "A run now would have nothing to search." not in draft.text
