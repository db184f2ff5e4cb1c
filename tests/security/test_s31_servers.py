"""S31: an import of Prowlarrs and notification targets carries no secret."""

import html
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from models.files import schema
from models.forms.targets import FORMS
from models.instances import Instance
from models.instances.proxies import Credentials
from models.notifications import NoticeTarget
from models.notifications.kinds import KINDS
from models.prowlarrs import Prowlarr
from models.wishes import Wish
from tests.conftest import START
from tests.fakes.browser import Browser
from tests.security.test_s31_import import KEY, SONARR, document, take_in

PROWLARR = {"name": "Lists", "url": "http://prowlarr:9696"}
NTFY = {"name": "Phone", "kind": "ntfy", "url": "http://ntfy:80"}
SECRET = "123456:a-secret-of-a-target"
WHERE = {"host": "mail", "port": "25", "sender": "a@b", "recipients": "a@b", "security": "none"}
OWN: dict[str, dict[str, Any]] = {
    "discord": {"webhook_url": "https://discord.com/api/webhooks/1/a-secret-of-a-target"},
    "telegram": {"chat_id": "-100", "silent": "1"},
    "ntfy": {"url": "http://ntfy:80"},
    "gotify": {"url": "http://gotify:80"},
    "pushover": {"device": "mine"},
    "email": {
        **WHERE,
        "user_name": "u",
    },
    "webhook": {"webhook_url": f"http://hook/{SECRET}"},
    "apprise": {"url": "http://apprise:8000", "tags": "tv"},
}


def a_target(kind: str, **columns: Any) -> NoticeTarget:
    """A target of this kind with each secret that it can have."""
    secrets = dict.fromkeys(KINDS[kind].secrets, SECRET) | OWN[kind]
    draft = FORMS[kind].read([("kind", kind), ("name", kind), *secrets.items()])
    found = draft.form.columns({}, START, None) | columns
    row: NoticeTarget = NoticeTarget.create(created_at=START, **found)
    return row


def a_household() -> Instance:
    """A Prowlarr with all that it can have, and a target of each kind."""
    made = Instance.create(**SONARR | {"key": "living room"}, api_key=KEY, created_at=START)
    proxy = Credentials("proxied", "proxy-password-1", (("CF-Id", "header-value-1"),)).columns
    shared = {"api_key": KEY, "created_at": START}
    Prowlarr.create(**PROWLARR, key="lists", verify_tls=False, http2=True, **shared, **proxy)
    Prowlarr.create(name="Demo", key="demo", url="demo://prowlarr", demo=True, **shared)
    for number, kind in enumerate(KINDS):
        told = {"at_once": '["unreachable"]', "digest": "[]"} if number else {}
        a_target(kind, quiet_from=0, quiet_to=7, gap_seconds=number, **told)
    NoticeTarget.get(NoticeTarget.key == "ntfy").change(instances=f"[{made.id}]")
    return made


async def test_prowlarrs_and_targets_taken_in_by_an_empty_household_are_exported_the_same(
    alices: Browser,
) -> None:
    a_household()
    relay = {"name": "Relay", "key": "relay", "disabled_at": START}
    fields = WHERE | {"port": 25, "verify_tls": False}
    a_target("email", settings=json.dumps(fields), **relay)
    first = await alices.get("/settings/file/export.json")
    Draft202012Validator(schema()).validate(first.json())
    for table in (NoticeTarget, Prowlarr, Instance):
        table.delete().execute()
    await take_in(alices, first.text)
    second = await alices.get("/settings/file/export.json")
    assert second.content == first.content
    assert len(first.json()["prowlarrs"]) == 1
    assert {each["kind"] for each in first.json()["notifications"]} == set(KINDS)
    found = next(each for each in first.json()["notifications"] if each["name"] == "Relay")
    assert found["enabled"] is False


async def test_no_secret_of_a_prowlarr_or_a_target_is_in_an_export(alices: Browser) -> None:
    a_household()
    text = (await alices.get("/settings/file/export.json")).text
    for secret in (KEY, SECRET, "a-secret", "proxied", "proxy-password", "header-value-1", "CF-Id"):
        assert secret not in text, secret


async def test_an_import_is_used_once_its_secrets_are_typed_in(alices: Browser) -> None:
    answer = await take_in(alices, document(prowlarrs=[PROWLARR], notifications=[NTFY]))
    assert "secret of each that waits for it: Lists, Phone." in answer.text
    prowlarr, target = Prowlarr.get(), NoticeTarget.get()
    assert prowlarr.lacks_key and target.disabled_at is not None
    assert not Wish.select().where(Wish.kind == "prowlarr").exists()
    page = (await alices.get("/prowlarrs")).text
    assert f"/prowlarrs/{prowlarr.id}/edit#f-api_key" in page and "Read now" not in page
    page = (await alices.get("/notifications")).text
    assert f"/notifications/{target.id}/edit#f-topic" in page
    assert f"/notifications/{target.id}/checks" not in page
    answer = await alices.post(f"/notifications/{target.id}/checks")
    assert "Type in its secrets first." in answer.text
    answer = await alices.post(f"/prowlarrs/{prowlarr.id}/readings")
    assert "has to be typed in first" in answer.text
    sent = NTFY | {"verify_tls": "1", "enabled": "1"}
    answer = await alices.post(f"/notifications/{target.id}", method="PATCH", **sent)
    assert answer.status_code == 422
    await alices.post(f"/notifications/{target.id}", method="PATCH", **sent, topic=SECRET)
    assert NoticeTarget.get().disabled_at is None


async def test_a_new_target_is_told_what_the_page_would_choose(alices: Browser) -> None:
    await take_in(alices, document(notifications=[NTFY]))
    first = FORMS["ntfy"].first_values("ntfy")
    typed = FORMS["ntfy"].typed(NoticeTarget.get())
    assert (typed["at_once"], typed["digest"]) == (first["at_once"], first["digest"])
    assert typed["verify_tls"] and typed["says_titles"]


async def test_a_secret_is_never_taken_along_to_another_address(alices: Browser) -> None:
    a_household()
    moved = document(
        prowlarrs=[PROWLARR | {"url": "http://elsewhere:9696"}],
        notifications=[{"name": "ntfy", "url": "http://elsewhere"}],
    )
    page = await alices.post("/settings/file/preview", text=moved)
    assert "its API key is forgotten" in page.text and "its secrets are forgotten" in page.text
    await take_in(alices, moved)
    prowlarr = Prowlarr.get(Prowlarr.key == "lists")
    assert prowlarr.lacks_key and Credentials.of(prowlarr) == Credentials()
    target = NoticeTarget.get(NoticeTarget.key == "ntfy")
    assert target.fields == {"url": "http://elsewhere", "verify_tls": False}
    assert target.disabled_at is not None


async def test_what_a_file_does_not_name_of_them_stays(alices: Browser) -> None:
    made = a_household()
    fields, dead = NoticeTarget.get(NoticeTarget.key == "ntfy").fields, START
    NoticeTarget.update(dead_at=dead, fault="x").execute()
    text = document(
        prowlarrs=[{"name": "LISTS", "http2": False}],
        notifications=[{"name": "ntfy", "quiet_from": None, "quiet_to": None}, {"name": "gotify"}],
    )
    page = html.unescape((await alices.post("/settings/file/preview", text=text)).text)
    assert "Prowlarr, changed" in page and "notification target, changed" in page
    await take_in(alices, text)
    prowlarr = Prowlarr.get(Prowlarr.key == "lists")
    assert prowlarr.api_key.reveal() == KEY and not prowlarr.http2
    assert Credentials.of(prowlarr).password == "proxy-password-1"
    target = NoticeTarget.get(NoticeTarget.key == "ntfy")
    assert (target.fields, target.instances) == (fields, f"[{made.id}]")
    assert target.quiet_from is None and target.dead_at is None
    assert NoticeTarget.get(NoticeTarget.key == "gotify").dead_at == dead


async def test_an_import_leaves_out_no_instance_that_it_adds(alices: Browser) -> None:
    told = NTFY | {"instances": ["living ROOM"]}
    await take_in(alices, document(instances=[SONARR], notifications=[told]))
    assert json.loads(NoticeTarget.get().instances) == [Instance.get().id]


FAULTS = {
    document(prowlarrs=[{"name": "X"}]): "prowlarrs[0].url: Please fill this in.",
    document(prowlarrs=[PROWLARR | {"api_key": KEY}]): "prowlarrs[0].api_key: There is no such",
    document(prowlarrs=[PROWLARR | {"limit": 1}]): "prowlarrs[0].limit: There is no such field",
    document(
        prowlarrs=[PROWLARR | {"api_key_file": "/etc/passwd"}]
    ): "prowlarrs[0].api_key_file: Only the file that VQS_CONFIG_FILE names",
    document(prowlarrs=[PROWLARR, PROWLARR]): "prowlarrs[1].name: prowlarrs[0] has the same name.",
    document(
        prowlarrs=[PROWLARR, PROWLARR | {"name": "Twin"}]
    ): "prowlarrs[1].url: prowlarrs[0] has the same address.",
    document(
        prowlarrs=[{"name": "Other", "url": "http://there:9696/"}]
    ): "prowlarrs[0].url: This is the same Prowlarr as There.",
    document(notifications=[{"name": "X"}]): "notifications[0].kind: Please fill this in.",
    document(notifications=[NTFY | {"kind": "fax"}]): "notifications[0].kind: Choose one",
    document(notifications=[NTFY | {"topic": "t"}]): "notifications[0].topic: There is no such",
    document(
        notifications=[NTFY | {"topic_file": "/etc/passwd"}]
    ): "notifications[0].topic_file: Only the file that VQS_CONFIG_FILE names",
    document(notifications=[NTFY | {"chat_id": "1"}]): "notifications[0].chat_id: ntfy has no such",
    document(notifications=[NTFY | {"forget_topic": True}]): "notifications[0].forget_topic: There",
    document(notifications=[NTFY, NTFY]): "notifications[1].name: notifications[0] has the same",
    document(
        notifications=[NTFY | {"at_once": ["all"]}]
    ): "notifications[0].at_once: Choose events from the list.",
    document(
        notifications=[NTFY | {"instances": ["None"]}]
    ): "notifications[0].instances: There is no instance “None”",
    document(notifications=[NTFY | {"quiet_from": 3}]): "notifications[0].quiet_to: Type both",
    document(notifications=[NTFY | {"quiet_from": "3"}]): "notifications[0].quiet_from: Send a",
    document(
        notifications=[{"name": "discord", "kind": "ntfy"}]
    ): "notifications[0].kind: The kind of a target cannot be changed.",
    document(
        notifications=[{"name": "T", "kind": "telegram"}]
    ): "notifications[0].chat_id: Please fill this in.",
}


@pytest.mark.parametrize(("text", "sentence"), FAULTS.items(), ids=range(len(FAULTS)))
async def test_each_fault_of_them_is_named_by_its_place_and_nothing_is_changed(
    text: str, sentence: str, alices: Browser
) -> None:
    there = {"name": "There", "key": "there", "url": "http://there:9696", "api_key": KEY}
    Prowlarr.create(**there, created_at=START)
    a_target("discord")
    for path in ("/settings/file/preview", "/settings/file"):
        page = await alices.post(path, text=text)
        assert page.status_code == 422
        assert sentence in html.unescape(page.text)
    assert Prowlarr.select().count() == NoticeTarget.select().count() == 1


async def test_a_viewer_learns_that_a_key_is_missing_and_takes_nothing_in(
    alices: Browser, veras: Browser
) -> None:
    await take_in(alices, document(prowlarrs=[PROWLARR]))
    page = (await veras.get("/prowlarrs")).text
    assert "An administrator has to type it in." in page and "/edit" not in page
    text = document(prowlarrs=[PROWLARR | {"http2": True}])
    assert (await veras.post("/settings/file", text=text)).status_code == 403
    assert not Prowlarr.get().http2
