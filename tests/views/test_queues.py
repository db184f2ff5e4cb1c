"""Queues: made, changed and deleted by whoever owns them."""

import re
from typing import Any

import pytest

from models.backlog.snapshots import Snapshot
from models.forms.queues import PICKED
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.queues.filters import Filters
from models.queues.strategies import PRESETS
from models.searches.runs import Run
from tests.fakes.browser import Browser
from tests.fakes.plain import forms_of
from tests.views.typed import everything, queue_fields


@pytest.fixture
def demo_instance(alice: User) -> Instance:
    return Instance.create(
        name="Demo Radarr",
        key="demo\x1fradarr",
        application="radarr",
        demo=True,
        url="demo://radarr",
        api_key="",
        created_at=alice.created_at,
    )


async def test_a_member_makes_a_queue_and_is_shown_its_preview(
    bobs: Browser, bob: User, living_room: Instance
) -> None:
    answer = await bobs.post("/queues", follow=False, **queue_fields(1))
    assert (answer.status_code, answer.headers["location"]) == (303, "/queues/1/preview")
    queue = Queue.get()
    assert (queue.owner, queue.batch_size, queue.schedule.every_minutes) == (bob, 4, 180)
    assert (queue.started_at, queue.next_run_at) == (None, None)
    assert [each.id for each in queue.instances] == [1]


async def test_with_htmx_the_preview_is_a_location(bobs: Browser, living_room: Instance) -> None:
    answer = await bobs.post("/queues", htmx=True, **queue_fields(1))
    assert (answer.status_code, answer.headers["hx-location"]) == (200, "/queues/1/preview")


async def test_the_new_form_is_filled_with_polite_defaults(
    bobs: Browser, living_room: Instance, demo_instance: Instance
) -> None:
    page = await bobs.get("/queues/new")
    assert 'name="name" value="Missing"' in page.text
    assert 'name="batch_size" value="5"' in page.text
    assert 'value="1" checked' in page.text
    assert 'value="2" checked' not in page.text


@pytest.mark.parametrize(
    ("word", "strategy", "name", "size", "plan"),
    [
        ("missing", "missing", "Missing", "5", {"kind": "every", "every": "2", "unit": "hours"}),
        ("upgrades", "cutoff", "Upgrades", "5", {"kind": "daily", "times": "03:00"}),
        ("recent", "recent", "New releases", "3", {"kind": "every", "every": "1"}),
        ("custom", "custom", "Custom", "5", {"kind": "every", "every": "2"}),
        ("", "missing", "Missing", "5", {"kind": "every", "every": "2"}),
        ("<b>none</b>" * 99, "missing", "Missing", "5", {"kind": "every", "every": "2"}),
    ],
)
async def test_a_strategy_opens_the_form_with_its_name_size_and_schedule(
    word: str,
    strategy: str,
    name: str,
    size: str,
    plan: dict[str, str],
    bobs: Browser,
    living_room: Instance,
) -> None:
    page = await bobs.get(f"/queues/new?strategy={word}")
    form = next(form for form in forms_of(page.text) if form.action == "/queues")
    filled = dict(form.values)
    expected = {"strategy": strategy, "name": name, "batch_size": size, **plan}
    assert {field: filled[field] for field in expected} == expected
    saved = await bobs.post("/queues", follow=False, **_fields(form.values))
    assert (saved.status_code, Queue.get().name) == (303, name)


async def test_a_custom_queue_opens_its_filters(bobs: Browser, living_room: Instance) -> None:
    closed = '<details class="disclosure"><summary>'
    usual, custom = [
        (await bobs.get(f"/queues/new?strategy={word}")).text for word in ("missing", "custom")
    ]
    assert custom.count(closed) == usual.count(closed) - 1


async def test_a_second_queue_of_a_strategy_has_a_name_of_its_own(
    bobs: Browser, nightly: Queue
) -> None:
    nightly.change(name="Missing", key="missing")
    page = await bobs.get("/queues/new?strategy=missing")
    assert 'name="name" value="Missing 2"' in page.text


@pytest.mark.parametrize("path", ["/", "/queues"])
async def test_the_four_strategies_are_four_links(
    path: str, bobs: Browser, living_room: Instance
) -> None:
    page = await bobs.get(path)
    for word in ("missing", "upgrades", "recent", "custom"):
        assert f'href="/queues/new?strategy={word}"' in page.text


async def test_in_the_form_they_are_buttons_that_send_what_was_typed(
    bobs: Browser, living_room: Instance
) -> None:
    page = await bobs.get("/queues/new?strategy=upgrades")
    form = next(form for form in forms_of(page.text) if form.action == "/queues")
    for word in ("missing", "upgrades", "score", "recent", "custom"):
        assert f"/queues/new?strategy={word}" in form.others
        assert f'hx-post="/queues/new?strategy={word}"' in page.text
    assert re.findall(r'<button id="preset-(\w+)"[^>]*aria-current', page.text) == ["upgrades"]


POLITE = {"name": "Missing", "batch_size": "5", "kind": "every", "every": "2", "unit": "hours"}


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({}, {"name": "Upgrades", "kind": "daily", "times": "03:00", "order": "least_recent"}),
        ({"name": "Night"}, {"name": "Night", "kind": "daily", "batch_size": "5"}),
        ({"every": "x"}, {"name": "Upgrades", "kind": "every", "every": "x", "unit": "hours"}),
        ({"kind": "daily"}, {"kind": "daily", "times": "03:00"}),
        ({"batch_size": ""}, {"batch_size": "", "times": "03:00"}),
        ({"weight": "7", "tags_in": ["4k"], "year_to": "x"}, {"weight": "7", "year_to": "x"}),
    ],
)
async def test_another_preset_fills_in_what_nobody_changed_and_keeps_the_rest(
    typed: dict[str, Any],
    expected: dict[str, str],
    htmx: bool,
    bobs: Browser,
    living_room: Instance,
) -> None:
    before = everything()
    opened = await bobs.get("/queues/new?strategy=missing")
    form = next(form for form in forms_of(opened.text) if form.action == "/queues")
    sent = _fields(form.filled(**POLITE | typed))
    page = await bobs.post("/queues/new?strategy=upgrades", htmx=htmx, **sent)
    assert page.status_code == 200 and "Nothing was saved" not in page.text
    filled = next(form for form in forms_of(page.text) if form.action == "/queues").values
    for field, value in {"strategy": "cutoff", "instances": "1", **expected}.items():
        assert [each for name, each in filled if name == field] == [value]
    tags = [each for name, each in filled if name == "tags_in" and each]
    assert tags == typed.get("tags_in", [])
    assert everything() == before


async def test_what_only_one_preset_shows_outlives_the_way_through_others(
    bobs: Browser, living_room: Instance
) -> None:
    page = await bobs.get("/queues/new?strategy=custom")
    form = next(form for form in forms_of(page.text) if form.action == "/queues")
    sent = _fields(form.filled(wants=["upgrade"]))
    for word in ("upgrades", "recent", "custom"):
        page = await bobs.post(f"/queues/new?strategy={word}", **sent)
        form = next(form for form in forms_of(page.text) if form.action == "/queues")
        sent = _fields(form.filled(**{"with_scores": "1"} if word == "upgrades" else {}))
    assert (sent["wants"], sent["with_scores"], sent["strategy"]) == (
        ["upgrade"],
        ["1"],
        ["custom"],
    )


async def test_without_an_instance_there_is_nothing_to_fill_in(bobs: Browser) -> None:
    page = await bobs.get("/queues/new")
    assert "No instance yet" in page.text
    assert 'action="/queues"' not in page.text


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "Please fill this in."),
    ({"name": "x" * 61}, "at most 60 characters"),
    ({"name": "nightly"}, "Another queue has this name."),
    ({"name": "a\x07b"}, "characters that cannot be seen"),
    ({"strategy": "everything"}, "Choose one from the list."),
    ({"instances": []}, "Choose at least one."),
    ({"instances": ["9"]}, "One of these instances was deleted"),
    ({"instances": ["9" * 30]}, "One of these instances was deleted"),
    ({"instances": ["-1"]}, "One of these instances was deleted"),
    ({"instances": ["one"]}, "Choose one from the list."),
    ({"instances": ["1"] * 101}, "Choose at most 100."),
    ({"instances": ["1", "2"]}, "Demo and real instances cannot be in one queue."),
    ({"batch_size": "0"}, "at least 1"),
    ({"batch_size": "51"}, "at most 50"),
    ({"batch_size": "2.5"}, "whole number"),
    ({"batch_size": ""}, "Please fill this in."),
    ({"batch_size": "9" * 5000}, "too large"),
    ({"every": "0"}, "at least 1"),
    ({"every": "14", "unit": "minutes"}, "every 15 minutes at the most"),
    ({"every": "32", "unit": "days"}, "every 31 days at the least"),
    ({"every": "1000", "unit": None}, "every 31 days at the least"),
    ({"unit": "weeks"}, "Choose one from the list."),
    ({"name": ["One", "Two"]}, "This was sent twice."),
    ({"owner": "1"}, "no field “owner”"),
]


@pytest.mark.parametrize(("changes", "sentence"), BAD)
async def test_what_cannot_be_used_is_said_and_changes_nothing(
    changes: dict[str, Any],
    sentence: str,
    alices: Browser,
    nightly: Queue,
    demo_instance: Instance,
) -> None:
    before = everything()
    other = Queue.create(**(nightly.__data__ | {"id": None, "name": "Other", "key": "other"}))
    with_other = everything()
    for path, method, htmx in (
        ("/queues", "POST", False),
        ("/queues", "POST", True),
        (f"/queues/{other.id}", "PATCH", False),
        (f"/queues/{other.id}", "PATCH", True),
    ):
        typed = queue_fields(1, **changes)
        answer = await alices.post(path, method=method, htmx=htmx, **typed)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert answer.text.startswith("<title>" if htmx else "<!doctype")
        assert "name" in changes or 'value="Evening"' in answer.text
    assert everything() == with_other != before


async def test_an_instance_that_is_named_twice_is_served_once(
    alices: Browser, living_room: Instance
) -> None:
    answer = await alices.post("/queues", follow=False, **queue_fields(1, 1, 1))
    assert answer.status_code == 303
    assert len(Queue.get().instances) == 1


async def test_the_edit_form_holds_what_is_saved(alices: Browser, nightly: Queue) -> None:
    page = await alices.get("/queues/1/edit")
    assert 'value="Nightly"' in page.text
    assert 'name="every" value="2"' in page.text
    assert '<option value="hours" selected>' in page.text


async def test_beside_each_strategy_of_the_edit_form_stands_its_polite_schedule(
    alices: Browser, nightly: Queue
) -> None:
    page = (await alices.get("/queues/1/edit")).text
    said = re.findall(
        r'name="strategy" value="(\w+)"[^>]*>\s*<span><bdi>[^<]+</bdi> <small>([^<]+)</small>', page
    )
    assert dict(said) == {each.strategy: each.words for each in PRESETS.values()}


async def test_a_change_is_saved_and_keeps_the_schedule_near(
    alices: Browser, started: Queue
) -> None:
    typed = queue_fields(1, name="Nightly", every="30", unit="minutes", strategy="cutoff")
    page = await alices.post("/queues/1", method="PATCH", **typed)
    assert page.url.path == "/queues/1"
    assert "is saved." in page.text
    assert "Every 30 minutes" in page.text
    queue = Queue.get()
    assert (queue.strategy, queue.schedule.every_minutes) == ("cutoff", 30)
    assert queue.next_run_at == started.next_run_at


async def test_htmx_gets_the_saved_page_as_a_location(alices: Browser, nightly: Queue) -> None:
    answer = await alices.post("/queues/1", method="PATCH", htmx=True, **queue_fields(1))
    assert answer.headers["hx-location"] == "/queues/1"


async def test_a_deleted_queue_stops_and_leaves_its_history(
    alices: Browser, started: Queue, finished_run: Run
) -> None:
    run = Run.start(started, finished_run.started_at, trigger="person")
    assert run is not None
    page = await alices.post("/queues/1", method="DELETE")
    assert page.url.path == "/queues"
    assert "Its history stays." in page.text
    assert not Queue.select().exists()
    assert Run.select().count() == 2
    assert Run.get_by_id(run.id).asked_to_stop()
    for path in ("/runs", "/runs/1", "/runs/2", "/", "/searches"):
        assert (await alices.get(path)).status_code == 200


async def test_a_deleted_queues_id_is_never_given_again(
    alices: Browser, living_room: Instance
) -> None:
    await alices.post("/queues", **queue_fields(1))
    await alices.post("/queues/1", method="DELETE")
    answer = await alices.post("/queues", follow=False, **queue_fields(1))
    assert answer.headers["location"] == "/queues/2/preview"


OTHERS = [
    ("/queues/1", "PATCH"),
    ("/queues/1", "DELETE"),
    ("/queues/1/pause", "POST"),
    ("/queues/1/pause", "DELETE"),
    ("/queues/1/consent", "POST"),
    ("/queues/1/runs", "POST"),
]


@pytest.mark.parametrize(("path", "method"), OTHERS)
@pytest.mark.parametrize("htmx", [False, True])
async def test_somebody_elses_queue_is_not_changed(
    path: str, method: str, htmx: bool, bobs: Browser, started: Queue
) -> None:
    before = everything()
    typed = queue_fields(1, start="now")
    answer = await bobs.post(path, method=method, htmx=htmx, **typed)
    assert answer.status_code == 403
    assert "belongs to somebody else" in answer.text
    assert everything() == before


async def test_somebody_elses_queue_is_read_but_offers_no_change(
    bobs: Browser, veras: Browser, started: Queue
) -> None:
    for browser in (bobs, veras):
        for path in ("/", "/queues", "/queues/1", "/queues/1/preview"):
            page = await browser.get(path)
            assert "Nightly" in page.text
            for action in ("/queues/1/pause", "/queues/1/runs", "/queues/1/edit"):
                assert f'action="{action}"' not in page.text
                assert f'href="{action}"' not in page.text or action.endswith("runs")
    assert (await bobs.get("/queues/1/edit")).status_code == 403


async def test_the_administrator_changes_everybodys_queues(
    alices: Browser, bob: User, started: Queue
) -> None:
    started.change(owner=bob)
    typed = queue_fields(1, name="Nightly")
    answer = await alices.post("/queues/1", method="PATCH", follow=False, **typed)
    assert answer.status_code == 303
    assert Queue.get().owner == bob


@pytest.mark.parametrize("path", ["/queues", "/queues/1"])
async def test_a_page_that_shows_the_same_answers_nothing(
    path: str, alices: Browser, started: Queue
) -> None:
    page = await alices.get(path)
    poll = page.text.partition('hx-get="')[2].partition('"')[0]
    assert poll.startswith(f"{path}?seen=")
    assert 'hx-trigger="every 15s' in page.text
    assert (await alices.get(poll, htmx=True)).status_code == 204
    Run.start(started, started.created_at, trigger="schedule")
    changed = await alices.get(poll, htmx=True)
    assert changed.status_code == 200
    assert 'hx-trigger="every 2s' in changed.text


def _fields(values: list[tuple[str, str]]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in values:
        fields.setdefault(name, []).append(value)
    return fields


async def test_when_a_movie_is_out_is_chosen_in_the_form(alices: Browser, cinema: Instance) -> None:
    await alices.post("/queues", **queue_fields(cinema.id, movie_release="home"))
    assert Queue.get().movie_release == "home"
    page = await alices.get("/queues/1/edit")
    assert '<option value="home" selected>' in page.text


async def test_of_hundreds_of_tags_the_chosen_are_chips_and_the_others_are_suggested(
    alices: Browser, nightly: Queue, living_room: Instance
) -> None:
    rows = [
        {"instance": living_room, "kind": "tag", "arr_id": number, "name": f"tag-{number:03}"}
        | {"fingerprint": ""}
        for number in range(300)
    ]
    Snapshot.insert_many(rows).execute()
    nightly.change(filters_json=Filters(tags_out=["tag-299"]).model_dump_json())
    page = (await alices.get("/queues/1/edit")).text
    chips = re.findall(r'type="checkbox" name="tags_out" value="([^"]+)" checked', page)
    assert chips == ["tag-299"]
    assert page.count('list="known-tags"') == 3
    assert page.count('<option value="tag-') == 300


@pytest.mark.parametrize("htmx", [True, False])
async def test_a_typed_name_becomes_a_chip_and_nothing_typed_is_lost(
    htmx: bool, alices: Browser, nightly: Queue, living_room: Instance
) -> None:
    about = {"instance": living_room, "fingerprint": ""}
    Snapshot.create(kind="tag", arr_id=1, name="anime", **about)
    before = everything()
    typed = queue_fields(1, tags_all=["anime", " 4k ", "", "anime"], tags_out=[""], batch_size="x")
    answer = await alices.post("/queues/filters?queue=1", htmx=htmx, **typed)
    assert answer.status_code == 200
    chips = re.findall(r'type="checkbox" name="(tags_\w+)" value="([^"]+)" checked', answer.text)
    assert chips == [("tags_all", "anime"), ("tags_all", "4k")]
    assert answer.text.count("no instance has it now") == 1
    if htmx:
        assert answer.text.lstrip().startswith('<div class="picks"')
    else:
        assert 'name="batch_size" value="x"' in answer.text
        assert "Type a whole number." not in answer.text
    assert everything() == before


async def test_the_names_of_all_groups_are_saved(
    alices: Browser, living_room: Instance, nightly: Queue
) -> None:
    typed = {name: [f"{name}-1", "", f"{name}-2"] for name in PICKED}
    await alices.post("/queues/1", **queue_fields(1, _method="PATCH", **typed))
    filters = Queue.get().filters
    for name in PICKED:
        assert getattr(filters, name) == [f"{name}-1", f"{name}-2"]


async def test_the_filters_of_somebody_elses_queue_are_not_shown(
    bobs: Browser, nightly: Queue
) -> None:
    assert (await bobs.post("/queues/filters?queue=1", **queue_fields(1))).status_code == 403
