"""Each service gets what it takes: its shape, its limits, and text that stays text."""

import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.responses import Response

from jobs.net import Door, Fault
from jobs.notifications.delivery import SENDERS
from jobs.notifications.parcels import Parcel
from jobs.notifications.texts import cut, html, line, markdown, utf8, utf16
from models.notifications.kinds import KINDS
from tests.fakes.services import SETTINGS, FakeService, services

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOSTILE = (
    "@everyone <b>x</b> *bold* [a](http://evil) <@1234> `code` & \u202e \U0001f468\u200d\U0001f469"
)
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def parcel(text: str, **changes: Any) -> Parcel:
    made = Parcel("7", "grabbed", text, text, "https://searcharr.example/items/1", "success", AT)
    return made._replace(**changes)


async def sent(kind: str, *parcels: Parcel) -> FakeService:
    taking = services()
    door = Door(None, "VQS/0 test", taking)
    for each in parcels:
        await SENDERS[kind].send(door, "Mine", SETTINGS[kind], each)
    return taking[kind]


@pytest.mark.parametrize("kind", SETTINGS)
async def test_every_service_takes_texts_of_any_length(kind: str) -> None:
    texts = ["x", HOSTILE, "é" * 90_000, FAMILY * 9_000, "<&>@*" * 9_000]
    service = await sent(kind, *map(parcel, texts), parcel("x", link="", tone="error"))
    assert len(service.bodies) == 6


def test_every_kind_has_a_sender() -> None:
    assert KINDS.keys() == SENDERS.keys() == {*SETTINGS, "email"}


async def test_discord_shows_a_title_as_it_is_and_mentions_nobody() -> None:
    (body,) = (await sent("discord", parcel(HOSTILE))).bodies
    said = body["embeds"][0]["description"]
    assert said.startswith(r"\@everyone \<b\>x\</b\> \*bold\* \[a\]\(http\://evil\) \<\@1234\>")
    assert body["allowed_mentions"] == {"parse": []}


async def test_telegram_shows_a_title_as_it_is() -> None:
    (body,) = (await sent("telegram", parcel("<b>a</b> & <script>"))).bodies
    head, text, link = body["text"].split("\n")
    assert head == "<b>&lt;b&gt;a&lt;/b&gt; &amp; &lt;script&gt;</b>"
    assert text == "&lt;b&gt;a&lt;/b&gt; &amp; &lt;script&gt;"
    assert link == "https://searcharr.example/items/1"


@pytest.mark.parametrize("kind", SETTINGS)
async def test_no_log_holds_a_secret_of_a_target(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Telegram's token is a part of the address."""
    caplog.set_level(logging.INFO)
    await sent(kind, parcel("x"))
    assert "hushed" not in "".join(
        record.getMessage() for record in caplog.records if record.name != "httpx"
    )


async def test_a_webhook_is_signed_over_what_it_is_sent() -> None:
    service = await sent("webhook", parcel("x"))
    at, signed = service.headers[0]["x-searcharr-signature"].split(",v1=")
    body = at.removeprefix("t=").encode() + b"." + service.raw[0]
    assert signed == hmac.new(b"hushed key", body, hashlib.sha256).hexdigest()
    assert json.loads(service.raw[0])["id"] == service.headers[0]["x-searcharr-id"] == "7"


async def test_an_apprise_server_is_given_the_key_or_the_addresses() -> None:
    taking = services()
    door = Door(None, "VQS/0 test", taking)
    settings = {"url": "demo://apprise", "apprise_urls": "json://a.example"}
    await SENDERS["apprise"].send(
        door, "Mine", SETTINGS["apprise"] | {"config_key": "a/b"}, parcel("x")
    )
    assert taking["apprise"].paths == ["/notify/a/b"]
    taking["apprise"].paths.clear()
    await SENDERS["apprise"].send(door, "Mine", settings, parcel("x"))
    assert taking["apprise"].bodies[1]["urls"] == "json://a.example"


async def test_an_apprise_server_that_knows_no_such_key_has_sent_nothing_on() -> None:
    taking = services()
    taking["apprise"].answers = [Response(status_code=204)]
    door = Door(None, "VQS/0 test", taking)
    with pytest.raises(Fault) as caught:
        await SENDERS["apprise"].send(door, "Mine", SETTINGS["apprise"], parcel("x"))
    assert (caught.value.code, caught.value.status) == ("not_found", 204)


@pytest.mark.parametrize("size", [len, utf8, utf16])
@pytest.mark.parametrize("escape", [str, markdown, html])
def test_a_cut_text_fits_and_is_cut_between_characters(size: Any, escape: Any) -> None:
    for text in (FAMILY * 9, "e\u0301" * 40, "<" * 40, "a@b*" * 10, "\U0001f468" * 30):
        for limit in range(60):
            short = cut(text, limit, size, escape)
            assert size(short) <= limit
            assert not short.endswith(("\\…", "&…", "&lt…", "\u200d…"))
            kept = short.removesuffix("…")
            assert escape(text).startswith(kept)
            if short.endswith("…"):
                rest = escape(text)[len(kept) :]
                assert not rest.startswith(("\u0301", "\u200d"))


def test_a_line_is_one_line_of_printable_text() -> None:
    assert line("a\r\nBcc: x@y\x00\u202e\t b") == "a Bcc: x@y b"
    assert len(line("x" * 1000)) == 400
