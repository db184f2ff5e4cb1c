"""The demo library: added by one click, and removed with all it left."""

from jobs.engine import Engine
from models.backlog import Item
from models.happenings import Happening
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.fakes.browser import Browser
from tests.views.typed import everything, instance_fields, queue_fields, settled


async def test_one_click_adds_both_and_leads_to_the_first_queue(
    alices: Browser, engine: Engine
) -> None:
    answer = await alices.post("/demo", follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/queues/new")
    assert [each.application.name for each in Instance.by_name()] == ["radarr", "sonarr"]
    assert all(each.demo for each in Instance.select())
    await settled(engine)
    assert Item.select().count() == 80


async def test_a_second_click_adds_nothing(alices: Browser) -> None:
    for _ in range(2):
        answer = await alices.post("/demo", htmx=True)
        assert answer.headers["hx-location"] == "/queues/new"
    assert Instance.select().count() == 2


async def test_it_is_marked_as_such_on_every_page(alices: Browser, engine: Engine) -> None:
    await alices.post("/demo")
    await settled(engine)
    await alices.post("/queues", **queue_fields(1, 2))
    for path in ("/", "/instances", "/instances/1", "/queues", "/queues/1", "/queues/1/preview"):
        assert 'data-state="demo"' in (await alices.get(path)).text, path


async def test_its_instances_are_not_edited_or_deleted_alone(
    alices: Browser, engine: Engine
) -> None:
    await alices.post("/demo")
    await settled(engine)
    before = everything()
    answers = [
        await alices.get("/instances/1/edit"),
        await alices.post("/instances/1", method="PATCH", **instance_fields("http://a:1")),
        await alices.post("/instances/1", method="DELETE"),
    ]
    for answer in answers:
        assert answer.status_code == 403
        assert "only be added and removed as a whole" in answer.text
    assert everything() == before


async def test_one_click_removes_it_with_all_it_left(
    alices: Browser, engine: Engine, nightly: Queue, finished_run: Run
) -> None:
    before, told = everything(), Happening.latest_id()
    await alices.post("/demo")
    await settled(engine)
    await alices.post("/queues", **queue_fields(2, 3, name="Kept to the end"))
    await alices.post("/queues", **queue_fields(2, name="Deleted before"))
    for queue in (2, 3):
        await alices.post(f"/queues/{queue}/consent", start="now")
        await alices.post(f"/queues/{queue}/runs")
    await settled(engine)
    await alices.post("/queues/3", method="DELETE")
    assert Search.select().where(Search.demo).count() >= 4
    page = await alices.post("/demo", method="DELETE")
    assert page.url.path == "/instances"
    assert "everything it left are removed" in page.text
    assert everything() == before
    assert _told_since(told) == []


async def test_removing_it_while_it_is_searched_leaves_nothing(
    alices: Browser, engine: Engine
) -> None:
    await alices.post("/demo")
    await settled(engine)
    await alices.post("/queues", **queue_fields(1, 2))
    await alices.post("/queues/1/consent", start="now")
    await alices.post("/queues/1/runs")
    await alices.post("/demo", method="DELETE")
    await settled(engine)
    left = {name: rows for name, rows in everything().items() if rows}
    assert set(left) == {"known_browsers", "settings", "users"}
    assert _told_since(0) == []


def _told_since(last: int) -> list[str]:
    """Events of instances and queues."""
    about = Happening.instance.is_null(False) | Happening.queue.is_null(False)
    return [row.kind for row in Happening.after(last, 1000).where(about)]


async def test_removing_what_is_not_there_is_no_fault(alices: Browser, nightly: Queue) -> None:
    before = everything()
    assert (await alices.post("/demo", method="DELETE")).status_code == 200
    assert everything() == before
