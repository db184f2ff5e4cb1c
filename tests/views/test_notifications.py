"""Targets of notifications on the pages: added, tested, changed and removed."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from models.database.fields import now
from models.instances import Instance
from models.notifications import NoticeTarget
from models.notifications.kinds import KINDS
from models.notifications.outbox import Message, Notice
from models.people.audit import Event
from tests.fakes.browser import Browser
from tests.fakes.services import FakeService, services
from tests.fakes.serving import serving

TOPIC = "a-topic-that-nobody-guesses"
MAIL = {"kind": "email", "host": "a", "port": "25", "sender": "a@b", "recipients": "a@b"}
WEBHOOK = {"kind": "webhook", "name": "Mine", "enabled": "1", "at_once": ["unreachable"]}


@pytest.fixture
def taking() -> FakeService:
    return services()["ntfy"]


@pytest.fixture
def address(taking: FakeService) -> Iterator[str]:
    with serving(taking) as at:
        yield at


def typed(address: str, **changes: Any) -> dict[str, Any]:
    fields = {
        "kind": "ntfy",
        "name": "Phone",
        "url": address,
        "topic": TOPIC,
        "verify_tls": "1",
        "enabled": "1",
        "at_once": ["unreachable", "job-failed"],
        "digest": ["grabbed", "job-failed"],
        "says_titles": "1",
        "quiet_from": "22",
        "quiet_to": "7",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


async def test_a_target_is_added_and_keeps_what_was_chosen(
    alices: Browser, address: str, living_room: Instance
) -> None:
    answer = await alices.post("/notifications", **typed(address, instances=["1"]))
    assert "“Phone” is told from now on." in answer.text
    row = NoticeTarget.get()
    assert row.fields == {"url": address, "topic": TOPIC, "verify_tls": True}
    assert (json.loads(row.at_once), json.loads(row.digest)) == (
        ["unreachable", "job-failed"],
        ["grabbed"],
    )
    assert (row.quiet_from, row.quiet_to, row.instances) == (22, 7, "[1]")
    assert Event.select().where(Event.action == "target-added", Event.about == "Phone").exists()
    page = await alices.get("/notifications/1/edit")
    assert TOPIC not in page.text
    assert "Set. Leave empty to keep it." in page.text
    assert page.text.count('name="at_once" value="job-failed" checked') == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_has_a_form_with_its_fields(kind: str, alices: Browser) -> None:
    page = await alices.get(f"/notifications/new?kind={kind}")
    for each in KINDS[kind].fields:
        assert f'name="{each.name}"' in page.text
    answer = await alices.post("/notifications", kind=kind, name="", port="x", url="ftp://x")
    assert answer.status_code == 422
    assert "Please fill this in." in answer.text


async def test_a_test_sends_what_is_typed_and_its_secrets_are_kept_without_script(
    alices: Browser, address: str, taking: FakeService
) -> None:
    answer = await alices.post("/notifications/checks?target=", **typed(address))
    assert "A test message was sent." in answer.text
    assert TOPIC not in answer.text
    assert [body["title"] for body in taking.bodies] == ["Test"]
    assert NoticeTarget.select().count() == 0
    await alices.post("/notifications", **typed(address, topic=""))
    assert NoticeTarget.get().fields["topic"] == TOPIC


async def test_kept_secrets_go_to_no_other_address(alices: Browser, address: str) -> None:
    await alices.post("/notifications/checks?target=", **typed(address))
    answer = await alices.post("/notifications", **typed("http://127.0.0.1:9", topic=""))
    assert answer.status_code == 422
    assert NoticeTarget.select().count() == 0


async def test_a_failed_test_says_why_and_never_what_was_answered(
    alices: Browser, address: str
) -> None:
    for htmx in (False, True):
        answer = await alices.post(
            "/notifications/checks?target=", htmx=htmx, **typed(f"{address}/<script>elsewhere")
        )
        assert answer.status_code == 422
    answer = await alices.post(
        "/notifications/checks?target=", htmx=True, **typed(f"{address}/elsewhere")
    )
    assert "did not take the request (400)" in answer.text
    assert "not taken" not in answer.text


async def test_stored_secrets_never_go_to_another_address(alices: Browser, address: str) -> None:
    await alices.post("/notifications", **typed(address))
    for change in ({"url": "http://127.0.0.1:9"}, {"verify_tls": None}):
        fields = typed(address, topic="", **change)
        answer = await alices.post("/notifications/1", method="PATCH", **fields)
        assert "type it again" in answer.text
        tested = await alices.post("/notifications/checks?target=1", **fields)
        assert tested.status_code == 422
    assert NoticeTarget.get().fields["url"] == address


async def test_a_signing_key_does_not_follow_to_another_webhook(alices: Browser) -> None:
    there = {"webhook_url": "http://127.0.0.1:9/a", "signing_key": "the key of it"}
    await alices.post("/notifications", **WEBHOOK, **there, verify_tls="1")
    elsewhere = {"webhook_url": "http://127.0.0.1:8/b", "verify_tls": "1"}
    answer = await alices.post("/notifications/1", method="PATCH", **WEBHOOK, **elsewhere)
    assert "type it again" in answer.text
    assert NoticeTarget.get().fields["webhook_url"] == "http://127.0.0.1:9/a"


async def test_an_empty_secret_keeps_the_stored_one(alices: Browser, address: str) -> None:
    await alices.post("/notifications", **typed(address))
    changed = typed(address, topic="", name="Other", quiet_from="", quiet_to="")
    await alices.post("/notifications/1", method="PATCH", **changed)
    row = NoticeTarget.get()
    assert (row.name, row.fields["topic"], row.quiet_from) == ("Other", TOPIC, None)


OPTIONAL = [(kind.name, each) for kind in KINDS.values() for each in kind.fields if each.optional]
REMOVABLE = [(kind, each.name) for kind, each in OPTIONAL if each.is_secret]
WHOLE: dict[str, dict[str, str]] = {
    "ntfy": {"url": "http://127.0.0.1:9", "topic": TOPIC},
    "email": MAIL,
    "webhook": {"webhook_url": "http://127.0.0.1:9/a"},
    "apprise": {"url": "http://127.0.0.1:9", "config_key": "c", "apprise_urls": "a://b"},
}


@pytest.mark.parametrize(("kind", "name"), REMOVABLE)
async def test_every_optional_secret_that_is_stored_can_be_removed(
    kind: str, name: str, alices: Browser
) -> None:
    sent = {"kind": kind, "name": "Mine", "verify_tls": "1", **WHOLE[kind]}
    await alices.post("/notifications", **sent | {name: "stored-before"})
    box = f'name="forget_{name}"'
    assert box not in (await alices.get(f"/notifications/new?kind={kind}")).text
    assert box in (await alices.get("/notifications/1/edit")).text
    before = NoticeTarget.get().fields
    empty = {each: "" for each in sent if each in KINDS[kind].secrets}
    answer = await alices.post(
        "/notifications/1", method="PATCH", **sent | empty | {name: "", f"forget_{name}": "1"}
    )
    assert answer.status_code == 200, answer.text
    assert NoticeTarget.get().fields == {each: before[each] for each in before if each != name}
    assert box not in (await alices.get("/notifications/1/edit")).text


async def test_a_secret_that_is_needed_is_not_removed(alices: Browser) -> None:
    sent = {"kind": "apprise", "name": "Mine", "url": "http://127.0.0.1:9", "verify_tls": "1"}
    await alices.post("/notifications", **sent, config_key="c")
    answer = await alices.post("/notifications/1", method="PATCH", **sent, forget_config_key="1")
    assert "Type a configuration key or the Apprise URLs." in answer.text
    mail = MAIL | {"name": "Mail", "user_name": "me"}
    await alices.post("/notifications", **mail, smtp_password="p")
    answer = await alices.post("/notifications/2", method="PATCH", **mail, forget_smtp_password="1")
    assert "Please fill this in." in answer.text
    kept = [row.fields for row in NoticeTarget.by_name()]
    assert [each.get("config_key") or each.get("smtp_password") for each in kept] == ["p", "c"]


async def test_a_removed_secret_is_not_the_one_that_was_tested(
    alices: Browser, address: str
) -> None:
    await alices.post("/notifications", **typed(address))
    await alices.post("/notifications/checks?target=1", **typed(address, access_token="tested"))
    sent = typed(address, topic="", access_token="", forget_access_token="1")
    await alices.post("/notifications/1", method="PATCH", **sent)
    assert NoticeTarget.get().fields == {"url": address, "topic": TOPIC, "verify_tls": True}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"at_once": ["everything"]}, "Choose events from the list."),
        ({"quiet_to": ""}, "Type both hours, or neither."),
        ({"instances": ["77"]}, "not there any more"),
        ({"url": "http://169.254.169.254"}, "is not an address"),
        ({"name": "phone"}, "Another target has this name."),
        ({"quiet_from": "22", "quiet_to": "22"}, "Quiet hours end at another hour"),
    ],
)
async def test_what_cannot_be_is_refused(
    changes: dict[str, Any], said: str, alices: Browser, address: str
) -> None:
    await alices.post("/notifications", **typed(address))
    answer = await alices.post("/notifications", **typed(address, name="Other") | changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert NoticeTarget.select().count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "discord", "webhook_url": "https://evil.example/api/webhooks/1/a"},
        {"kind": "telegram", "bot_token": "1:abcdefgh/../x", "chat_id": "1"},
        {"kind": "telegram", "bot_token": "1:abcdefgh", "chat_id": "1 2"},
        MAIL | {"sender": "a@b\r\nBcc: c@d"},
        MAIL | {"recipients": "a@b, <c@d>"},
        # None of these could be written into a header.
        *(
            MAIL | {"sender": each}
            for each in ("jürgen@b", "a..b@c", ".a@b", "a@b.", "a(b@c", "a@-", "=?utf-8?q?x?=@b")
        ),
        {"kind": "webhook", "webhook_url": "http://me:pw@127.0.0.1/"},
        {"kind": "webhook", "webhook_url": "file:///etc/passwd"},
        {"kind": "webhook", "webhook_url": "demo://sonarr/x"},
        {"kind": "apprise", "url": "http://127.0.0.1:9"},
    ],
)
async def test_what_leads_elsewhere_is_refused(fields: dict[str, str], alices: Browser) -> None:
    answer = await alices.post("/notifications", name="Mine", **fields)
    assert answer.status_code == 422
    assert NoticeTarget.select().count() == 0


async def test_the_card_shows_what_waits_what_was_lost_and_why_nothing_is_sent(
    alices: Browser, address: str, taking: FakeService
) -> None:
    await alices.post("/notifications", **typed(address))
    row, at = NoticeTarget.get(), now()
    told = {"event": "job-failed", "title": "A job failed", "text": "x", "tone": "error"}
    lost = {"ended_at": at, "outcome": "unsure", "fault": "No answer came.", "tries": 1}
    Message.create(target=row, created_at=at, **told, **lost)
    for late in (False, True, True):
        what = {"event": "grabbed", "about": "x", "text": "x", "path": "/", "in_digest": late}
        Notice.create(target=row, at=at, due_at=at + timedelta(days=1), **what)
    row.change(dead_at=at, fault="Phone does not accept the key.")
    page = await alices.get("/notifications")
    for said in ("1, 2 for the digest", "1 message did not get through", "No answer came."):
        assert said in page.text
    assert "Nothing is sent since" in page.text
    assert "Phone does not accept the key." in page.text
    page = await alices.post("/notifications/1/checks")
    assert "A test message was sent." in page.text
    assert "Nothing is sent since" not in page.text
    assert NoticeTarget.get().dead_at is None
    assert "Working" in (await alices.get("/notifications")).text


async def test_the_card_says_so_when_all_its_instances_are_deleted(
    alices: Browser, address: str, living_room: Instance
) -> None:
    await alices.post("/notifications", **typed(address), instances=str(living_room.id))
    assert living_room.name in (await alices.get("/notifications")).text
    living_room.delete_instance()
    page = await alices.get("/notifications")
    assert "only deleted ones" in page.text
    assert NoticeTarget.get().is_for_all is False


async def test_a_removed_target_leaves_nothing(alices: Browser, address: str) -> None:
    await alices.post("/notifications", **typed(address))
    row, at = NoticeTarget.get(), now()
    Notice.create(target=row, event="x", about="x", at=at, due_at=at, text="x", path="/")
    assert "Remove Phone?" in (await alices.get("/notifications/1/deletion")).text
    await alices.post("/notifications/1", method="DELETE")
    assert (NoticeTarget.select().count(), Notice.select().count()) == (0, 0)


async def test_a_deleted_instance_stays_chosen_until_somebody_takes_it_away(
    alices: Browser, address: str, living_room: Instance
) -> None:
    chosen = str(living_room.id)
    await alices.post("/notifications", **typed(address), instances=chosen)
    living_room.delete_instance()
    page = await alices.get("/notifications/1/edit")
    assert re.search(f'name="instances" value="{chosen}"[^>]*checked', page.text)
    assert "A deleted instance" in page.text
    again = typed(address) | {"name": "Another name"}
    await alices.post("/notifications/1", method="PATCH", **again, instances=chosen)
    row = NoticeTarget.get()
    assert (row.name, row.is_for_all) == ("Another name", False)
    page = await alices.post("/notifications/1", method="PATCH", **again, instances="99")
    assert "is not there any more" in page.text
    await alices.post("/notifications/1", method="PATCH", **again)
    assert NoticeTarget.get().is_for_all
