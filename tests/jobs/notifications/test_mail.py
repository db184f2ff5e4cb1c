"""Mail, to a real SMTP server in the test."""

import asyncio
import email
import email.policy
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from jobs.net import Door, Fault, MailServer, send_mail
from jobs.notifications.delivery import SENDERS
from jobs.notifications.parcels import Parcel
from tests.certificates import pair

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
PARCEL = Parcel("7", "grabbed", "Grabbed", "Öl on Living room", "https://s.example/", "info", AT)


class Mailbox:
    """Keeps what it is given; `says` is its answer to the text of a mail, `leaves` to QUIT."""

    leaves = "221 Bye"

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.says = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if not self.says.startswith("250"):
            return self.says
        made = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(made, EmailMessage)
        self.mails.append(made)
        self.recipients.append(envelope.rcpt_tos)
        return self.says

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        return self.leaves


Start = Callable[..., Awaitable[tuple[Mailbox, dict[str, Any]]]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts a mail server; returns its mailbox and the settings of a target at it."""
    running = []

    async def begin(
        *, ssl_context: ssl.SSLContext | None = None, **options: Any
    ) -> tuple[Mailbox, dict[str, Any]]:
        box, loop = Mailbox(), asyncio.get_running_loop()
        made = await loop.create_server(
            lambda: SMTP(box, hostname="mail.example", loop=loop, **options),
            "127.0.0.1",
            0,
            ssl=ssl_context,
        )
        running.append(made)
        return box, {
            "host": "127.0.0.1",
            "port": made.sockets[0].getsockname()[1],
            "security": "none",
            "sender": "vqs@home.example",
            "recipients": "a@home.example, b@home.example",
        }

    yield begin
    for each in running:
        each.close()


@pytest.fixture
def door() -> Door:
    return Door(None, "VQS/0 test", {})


async def test_a_mail_arrives_with_the_headers_of_a_machine(start: Start, door: Door) -> None:
    box, settings = await start()
    await SENDERS["email"].send(door, "Mine", settings, PARCEL)
    (mail,) = box.mails
    assert box.recipients == [["a@home.example", "b@home.example"]]
    assert mail["Subject"] == "Grabbed"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == "<searcharr.7@home.example>"
    assert "notifications.searcharr.home.example" in mail["List-Id"]
    assert mail["Date"] == "Mon, 04 May 2026 12:00:00 +0000"
    assert mail.get_content().splitlines()[0] == "Öl on Living room"


async def test_a_title_cannot_add_a_header(start: Start, door: Door) -> None:
    box, settings = await start()
    hostile = PARCEL._replace(title="a\r\nBcc: c@evil.example", text="x\r\n.\r\nMAIL FROM:<x@y>")
    await SENDERS["email"].send(door, "Mine", settings, hostile)
    assert len(box.mails) == 1
    assert box.mails[0]["Bcc"] is None
    assert box.recipients[0] == ["a@home.example", "b@home.example"]


async def test_a_refusal_for_now_may_be_repeated_and_one_for_good_is_none(
    start: Start, door: Door
) -> None:
    box, settings = await start()
    for says, code in (("451 later", "server_error"), ("550 <b>no</b>", "rejected")):
        box.says = says
        with pytest.raises(Fault) as caught:
            await SENDERS["email"].send(door, "Mine", settings, PARCEL)
        assert (caught.value.code, caught.value.may_have_arrived) == (code, False)
        assert "<b>" not in caught.value.sentence


async def test_a_wrong_password_is_said(start: Start, door: Door) -> None:
    def judge(*args: Any) -> AuthResult:
        return AuthResult(success=args[-1].password == b"right", handled=False)

    _, settings = await start(authenticator=judge, auth_require_tls=False)
    settings |= {"user_name": "me", "smtp_password": "right"}
    await SENDERS["email"].send(door, "Mine", settings, PARCEL)
    with pytest.raises(Fault) as caught:
        await SENDERS["email"].send(door, "Mine", settings | {"smtp_password": "no"}, PARCEL)
    assert caught.value.code == "wrong_key"


@pytest.mark.parametrize(("name", "password"), [("me", "geheimnisträger"), ("я", "x")])
async def test_a_name_and_a_password_of_any_language_are_sent(
    name: str, password: str, start: Start, door: Door
) -> None:
    seen = []

    def judge(*args: Any) -> AuthResult:
        seen.append((args[-1].login.decode(), args[-1].password.decode()))
        return AuthResult(success=args[-1].password != b"x", handled=False)

    _, settings = await start(authenticator=judge, auth_require_tls=False)
    settings |= {"user_name": name, "smtp_password": password}
    if password == "x":
        with pytest.raises(Fault) as caught:
            await SENDERS["email"].send(door, "Mine", settings, PARCEL)
        assert caught.value.code == "wrong_key"
    else:
        await SENDERS["email"].send(door, "Mine", settings, PARCEL)
    assert seen == [(name, password)]


async def test_a_mail_that_was_taken_is_sent_whatever_the_server_says_then(
    start: Start, door: Door
) -> None:
    box, settings = await start()
    box.leaves = "421 Too many connections"
    await SENDERS["email"].send(door, "Mine", settings, PARCEL)
    assert len(box.mails) == 1


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def talking(talk: Talk) -> AsyncIterator[int]:
    """The port of a server that talks so; in the end the other side must have left it."""
    left = asyncio.Event()

    async def whole(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        with suppress(ConnectionError):
            await talk(reader, writer)
        writer.close()
        left.set()

    async with await asyncio.start_server(whole, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.wait_for(left.wait(), 10)


@pytest.mark.parametrize("line", [b"250-x\r\n", b"250-" + b"x" * 8000 + b"\r\n"])
async def test_a_server_that_never_ends_its_answer_is_left(line: bytes, door: Door) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(line * 100)
            await writer.drain()

    async with talking(talk) as port:
        with pytest.raises(Fault) as caught:
            await send_mail(door, MailServer("127.0.0.1", port, "Mine", "none"), EmailMessage())
    assert (caught.value.code, caught.value.may_have_arrived) == ("malformed", False)


async def test_a_server_that_answers_too_slowly_is_left(door: Door) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"250-")
        while await reader.read(100):
            pass

    async with talking(talk) as port:
        slow = MailServer("127.0.0.1", port, "Mine", "none", seconds=0.2)
        with pytest.raises(Fault) as caught:
            await send_mail(door, slow, EmailMessage())
    assert (caught.value.code, caught.value.may_have_arrived) == ("timeout", False)


async def test_a_server_without_starttls_is_given_no_password(start: Start, door: Door) -> None:
    box, settings = await start()
    settings |= {"security": "starttls", "user_name": "me", "smtp_password": "secret"}
    with pytest.raises(Fault) as caught:
        await SENDERS["email"].send(door, "Mine", settings, PARCEL)
    assert "does not offer" in caught.value.sentence
    assert box.mails == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_is_checked(security: str, start: Start, tmp_path: Path) -> None:
    certificate, key = pair(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    begins = {"ssl_context": context} if security == "tls" else {"tls_context": context}
    box, settings = await start(**begins)
    settings["security"] = security
    with pytest.raises(Fault) as caught:
        await SENDERS["email"].send(Door(None, "VQS/0 test", {}), "Mine", settings, PARCEL)
    assert "certificate that no known authority has signed" in caught.value.sentence
    await SENDERS["email"].send(Door(certificate, "VQS/0 test", {}), "Mine", settings, PARCEL)
    unchecked = settings | {"verify_tls": False}
    await SENDERS["email"].send(Door(None, "VQS/0 test", {}), "Mine", unchecked, PARCEL)
    assert len(box.mails) == 2
