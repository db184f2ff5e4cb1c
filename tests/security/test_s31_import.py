"""S31: an import of settings carries no secret and no role, and is previewed."""

import html
import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from models.backlog.exclusions import Exclusion
from models.database.fields import now
from models.files import LARGEST, schema
from models.household import Household
from models.instances import Instance
from models.instances.proxies import Credentials
from models.notifications import NoticeTarget
from models.people import User
from models.people.audit import Event
from models.prowlarrs import Prowlarr
from models.queues import Queue
from models.searches.saved_views import SavedView
from tests.conftest import START
from tests.docs.pages import example
from tests.fakes.browser import Browser

KEY = "k" * 32
SONARR = {"name": "Living room", "application": "sonarr", "url": "http://sonarr:8989"}
QUEUE = {"name": "Nights", "instances": ["Living room"], "kind": "daily", "times": "03:00"}


def document(**parts: Any) -> str:
    return json.dumps({"format": 1, **parts})


async def take_in(browser: Browser, text: str) -> Any:
    """Agrees to the preview of this text."""
    page = await browser.post("/settings/file/preview", text=text)
    assert page.status_code == 200, page.text
    seen = re.search(r'name="seen" value="(\w+)"', page.text)
    assert seen is not None, page.text
    return await browser.post("/settings/file", text=text, seen=seen[1])


def a_household(owner: User) -> Instance:
    """Everything that a file carries, and what none does."""
    Household.current().change(hourly_budget=33, time_zone="Europe/Berlin", fresh_days=3)
    made = Instance.create(
        **SONARR | {"key": "living room"},
        api_key=KEY,
        created_at=START,
        hourly_budget=7,
        verify_tls=False,
        **Credentials("proxied", "proxy-password-1", (("CF-Id", "header-value-1"),)).columns,
    )
    shapes: list[dict[str, Any]] = [
        {"schedule_json": '{"kind":"every","time_zone":"UTC","every_minutes":120}'},
        {
            "schedule_json": '{"kind":"cron","time_zone":"Europe/Berlin","cron":"0 3 * * *",'
            '"hours":[["01:00","05:00"]]}',
            "filters_json": '{"wants":["missing"],"tags_in":["4k"],"year_from":1999}',
            "strategy": "custom",
            "order": "random",
        },
        {"schedule_json": '{"kind":"weekly","time_zone":"UTC","times":["03:00"],"weekdays":[1,5]}'},
    ]
    for number, shape in enumerate(shapes):
        name = f"Queue {number}"
        told = {"strategy": "missing", "batch_size": 5, **shape}
        queue = Queue.create(owner=owner, name=name, key=name.lower(), created_at=START, **told)
        queue.serve([made])
        if number:
            queue.start(START)
        if number == 2:
            queue.pause(START)
    SavedView.keep(owner, "Failed ones", f"outcome=failed&instance={made.id}", START)
    return made


async def test_an_export_taken_in_by_an_empty_household_is_exported_the_same(
    alices: Browser, alice: User
) -> None:
    a_household(alice)
    first = await alices.get("/settings/file/export.json")
    Draft202012Validator(schema()).validate(first.json())
    assert 'filename="searcharr-settings.json"' in first.headers["content-disposition"]
    for table in (SavedView, Queue, Instance):
        table.delete().execute()
    Household.current().change(hourly_budget=20, time_zone="UTC", fresh_days=14)
    await take_in(alices, first.text)
    second = await alices.get("/settings/file/export.json")
    assert second.content == first.content
    assert len(first.json()["queues"]) == 3 and len(first.json()["views"]) == 1


async def test_no_secret_role_or_person_is_in_an_export(alices: Browser, alice: User) -> None:
    a_household(alice)
    text = (await alices.get("/settings/file/export.json")).text
    for secret in (KEY, "proxy", "header-value-1", "CF-Id", "api_key", "alice", "admin"):
        assert secret.lower() not in text.lower(), secret


async def test_an_import_searches_nothing_and_waits_for_the_key(alices: Browser) -> None:
    text = document(
        instances=[SONARR], queues=[QUEUE | {"state": "running"}, QUEUE | {"name": "Later"}]
    )
    answer = await take_in(alices, text)
    made, queue = Instance.get(), Queue.get(Queue.key == "nights")
    assert made.disabled_at is not None and made.api_key.reveal() == ""
    assert queue.due_at > now() and queue.owner.key == "alice"
    assert Queue.get(Queue.key == "later").due_at is None
    assert "Type in the API key" in answer.text
    page = await alices.get(f"/instances/{made.id}")
    assert f"/instances/{made.id}/edit#f-api_key" in page.text
    event = Event.recent().first()
    assert event.action == "settings-imported" and "Living room" in event.about


async def test_an_instance_without_a_key_cannot_be_switched_on(alices: Browser) -> None:
    await take_in(alices, document(instances=[SONARR]))
    path = f"/instances/{Instance.get().id}"
    sent = SONARR | {"verify_tls": "1", "enabled": "1", "anyway": "1"}
    page = await alices.post(path, method="PATCH", **sent)
    assert page.status_code == 422 and "Type the API key" in page.text
    await alices.post(path, method="PATCH", **sent, api_key=KEY)
    assert Instance.get().disabled_at is None


async def test_a_key_is_never_taken_along_to_another_address(alices: Browser, alice: User) -> None:
    a_household(alice)
    moved = SONARR | {"url": "http://elsewhere:8989"}
    page = await alices.post("/settings/file/preview", text=document(instances=[moved]))
    assert "its API key is forgotten" in page.text
    await take_in(alices, document(instances=[moved]))
    made = Instance.get()
    assert made.url == "http://elsewhere:8989" and made.disabled_at is not None
    assert made.api_key.reveal() == "" and Credentials.of(made) == Credentials()


async def test_a_preview_tells_what_is_added_changed_and_left_and_changes_nothing(
    alices: Browser, alice: User
) -> None:
    made = a_household(alice)
    text = document(
        household={"hourly_budget": 44},
        instances=[SONARR | {"hourly_budget": 8}],
        queues=[QUEUE, {"name": "Queue 0", "instances": ["LIVING ROOM"], "every": 2}],
    )
    page = html.unescape((await alices.post("/settings/file/preview", text=text)).text)
    plain = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page))
    assert "hourly_budget 33 → 44" in plain and "hourly_budget 7 → 8" in plain
    assert "Nights queue, added" in plain and "1 entry of the file is as here" in plain
    assert Household.current().hourly_budget == 33
    assert Instance.get_by_id(made.id).hourly_budget == 7
    assert Queue.select().count() == 3


async def test_what_a_file_does_not_name_stays(alices: Browser, alice: User) -> None:
    a_household(alice)
    before = (await alices.get("/settings/file/export.json")).json()
    await take_in(alices, document(instances=[{"name": "living room", "hourly_budget": 9}]))
    after = (await alices.get("/settings/file/export.json")).json()
    before["instances"][0] |= {"hourly_budget": 9, "name": "living room"}
    before["queues"] = [each | {"instances": ["living room"]} for each in before["queues"]]
    before["views"][0]["instance"] = "living room"
    assert after == before
    assert Instance.get().api_key.reveal() == KEY


async def test_what_changed_since_the_preview_is_looked_at_again(alices: Browser) -> None:
    text = document(household={"hourly_budget": 44})
    page = await alices.post("/settings/file/preview", text=text)
    seen = re.search(r'name="seen" value="(\w+)"', page.text)
    Household.current().change(hourly_budget=21)
    assert seen is not None
    answer = await alices.post("/settings/file", text=text, seen=seen[1])
    assert answer.status_code == 422 and "look at it again" in answer.text
    assert Household.current().hourly_budget == 21


FAULTS = {
    "": "Paste the content of a file.",
    "{": "It is not JSON: line 1",
    "[]": "It must be an object",
    '{"format": 1, "format": 1}': "“format” stands twice",
    '{"format": 2}': "format: This version of the program reads format 1",
    document(people=[]): "people: There is no such part.",
    document(instances={}): "instances: It must be a list.",
    document(instances=[1]): "instances[0]: It must be an object",
    document(instances=[{}]): "instances[0].name: It needs a name.",
    document(instances=[SONARR, SONARR]): "instances[1].name: instances[0] has the same name.",
    document(
        instances=[SONARR, SONARR | {"name": "Twin"}]
    ): "instances[1].url: instances[0] has the same address.",
    document(instances=[{"name": "X"}]): "instances[0].url: Please fill this in.",
    document(instances=[SONARR | {"api_key": KEY}]): "instances[0].api_key: There is no such field",
    document(instances=[SONARR | {"role": "admin"}]): "instances[0].role: There is no such field",
    document(
        instances=[SONARR | {"api_key_file": "/etc/passwd"}]
    ): "instances[0].api_key_file: Only the file that VQS_CONFIG_FILE names",
    document(
        instances=[SONARR | {"hourly_budget": 101}]
    ): "instances[0].hourly_budget: Type a number of at most 100.",
    document(
        instances=[SONARR | {"hourly_budget": "9"}]
    ): "instances[0].hourly_budget: Send a whole number.",
    document(instances=[SONARR | {"application": "lidarr"}]): "instances[0].application: Choose",
    document(instances=[SONARR | {"url": "ftp://x"}]): "instances[0].url",
    document(instances=[SONARR | {"name": "Demo Sonarr"}]): "The demo library has this name",
    document(queues=[QUEUE]): "queues[0].instances: There is no instance “Living room”",
    document(
        instances=[SONARR], queues=[QUEUE | {"kind": "every", "every": 1, "unit": "minutes"}]
    ): "queues[0].every: A queue runs every 15 minutes at the most",
    document(
        instances=[SONARR], queues=[QUEUE | {"state": "now"}]
    ): "queues[0].state: Choose one from the list.",
    document(
        household={"hourly_budget": 0}
    ): "household.hourly_budget: Type a number of at least 1",
    document(household={"pepper": "x"}): "household.pepper: There is no such field.",
    document(views=[{"name": "V", "queue": "None"}]): "views[0].queue: There is no queue “None”",
    "{" + '"a":{' * 40_000: "nested too deeply",
    "1" * (LARGEST + 1): "larger than 256 KiB",
}


@pytest.mark.parametrize(("text", "sentence"), FAULTS.items(), ids=range(len(FAULTS)))
async def test_each_fault_is_named_by_its_place_and_nothing_is_changed(
    text: str, sentence: str, alices: Browser
) -> None:
    for path in ("/settings/file/preview", "/settings/file"):
        page = await alices.post(path, text=text)
        assert page.status_code == 422
        assert sentence in html.unescape(page.text)
    assert not Instance.select().exists() and not Queue.select().exists()
    assert not Event.select().where(Event.action == "settings-imported").exists()


async def test_faults_of_form_and_of_values_are_named_at_once(alices: Browser) -> None:
    text = document(
        household={"hourly_budget": 0},
        instances=[SONARR | {"verify_tls": 1, "daily_budget": 99_999}, {"url": 3}],
        queues=[QUEUE | {"extra": 1, "batch_size": 99}, QUEUE | {"batch_size": 98}],
    )
    page = html.unescape((await alices.post("/settings/file/preview", text=text)).text)
    faults = re.findall(r"((?:household|instances|queues)[\[\]0-9]*\.\w+): ", page)
    assert sorted(faults) == [
        "household.hourly_budget",
        "instances[0].daily_budget",
        "instances[0].verify_tls",
        "instances[1].application",
        "instances[1].name",
        "instances[1].url",
        "queues[0].batch_size",
        "queues[0].extra",
        "queues[1].batch_size",
        "queues[1].name",
    ]


async def test_only_administrators_see_or_take_in_a_file(bobs: Browser) -> None:
    for path in ("", "/export.json", "/schema.json"):
        assert (await bobs.get(f"/settings/file{path}")).status_code == 403
    for path in ("", "/preview"):
        assert (await bobs.post(f"/settings/file{path}", text=document())).status_code == 403


async def test_the_example_of_the_document_can_be_taken_in(alices: Browser) -> None:
    text = example("docs/how-to/settings-as-files.md", "json")
    Draft202012Validator(schema()).validate(json.loads(text))
    await take_in(alices, text)
    assert Queue.get().instances == [Instance.get()] and SavedView.select().count() == 1
    assert Exclusion.select().count() == 2
    assert Prowlarr.get().lacks_key and NoticeTarget.get().digest == '["grabbed"]'


async def test_the_schema_can_be_downloaded(alices: Browser) -> None:
    found = (await alices.get("/settings/file/schema.json")).json()
    Draft202012Validator.check_schema(found)
    assert found == schema()
