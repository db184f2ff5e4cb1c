"""Mail by SMTP, through the same checks of addresses and certificates as everything else."""

import asyncio
import smtplib
import socket
import ssl
from base64 import b64encode
from contextlib import suppress
from email.message import EmailMessage
from typing import IO, Any, NamedTuple

from jobs.net.addresses import resolve
from jobs.net.connections import Door
from jobs.net.faults import Unreached
from jobs.net.questions import Question
from jobs.net.tls import kind_of
from models.addresses import allowed

# Seconds for each step of the conversation.
PATIENCE = 20.0
# Bytes of all replies; a real conversation has some hundred.
MOST_SAID = 256 * 1024


class MailServer(NamedTuple):
    """A server that takes mail; `security` is tls, starttls or none.

    `seconds` are those of the whole conversation.
    """

    host: str
    port: int
    who: str
    security: str = "starttls"
    name: str = ""
    password: str = ""
    verify_tls: bool = True
    seconds: float = 120.0


async def send_mail(door: Door, server: MailServer, message: EmailMessage) -> None:
    """Sends it to all whom its headers name. Raises a Fault."""
    question = Question(server.who, "to take a mail", f"smtp://{server.host}", server.host)
    try:
        found = await resolve(server.host, server.port)
        address = next((str(each) for each in found if allowed(each)), "")
    except Unreached as unreached:
        raise question.fault(unreached.kind) from None
    if not address:
        raise question.fault("blocked_address")
    context = door.contexts.choose("https", verify=server.verify_tls)
    assert context is not None
    talk = _Conversation(server, address, context, message)
    try:
        async with asyncio.timeout(server.seconds):
            await asyncio.to_thread(talk.hold)
    except (OSError, _TooMuchSaid) as error:
        found_fault = question.fault(_kind(error), status=_status(error))
        found_fault.may_have_arrived = talk.was_given and not _status(error)
        found_fault.status = _status(error) or None
        raise found_fault from None
    finally:
        talk.hang_up()


class _TooMuchSaid(Exception):
    """The replies are longer than MOST_SAID."""


class _Replies:
    """The replies of a server, which may be no longer in all than MOST_SAID."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._left = MOST_SAID

    def readline(self, most: int) -> bytes:
        line = self._file.readline(most)
        self._left -= len(line)
        if self._left < 0:
            raise _TooMuchSaid
        return line

    def close(self) -> None:
        self._file.close()


class _Smtp(smtplib.SMTP):
    """A connection whose replies are bounded; the library reads any number of lines."""

    _replies: _Replies | None = None

    @property
    def file(self) -> Any:
        return self._replies

    @file.setter
    def file(self, made: IO[bytes] | None) -> None:
        self._replies = None if made is None else _Replies(made)


class _Conversation:
    """One conversation; `was_given` once the text of the mail has begun to leave.

    It waits in a thread of its own, until it ends or `hang_up` is called.
    """

    def __init__(
        self, server: MailServer, address: str, context: ssl.SSLContext, message: EmailMessage
    ) -> None:
        self.server, self.address, self.context = server, address, context
        self.message = message
        self.was_given = False
        self._smtp: _Smtp | None = None
        self._is_over = False

    def hold(self) -> None:
        smtp = self._smtp = _Smtp(timeout=PATIENCE)
        try:
            self._connect(smtp)
            smtp.ehlo()
            if self.server.security == "starttls":
                smtp.starttls(context=self.context)
                smtp.ehlo()
            if self.server.name:
                self._sign_in(smtp)
            self._give(smtp)
        finally:
            # The mail was taken or refused before, whatever the answer to this.
            with suppress(OSError, _TooMuchSaid):
                smtp.quit()
            smtp.close()

    def hang_up(self) -> None:
        """Ends it from outside, wherever it waits."""
        self._is_over = True
        if self._smtp and (sock := self._smtp.sock):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _connect(self, smtp: _Smtp) -> None:
        """Connects to the address that was checked, under the name that certificates have."""
        smtp.sock = socket.create_connection((self.address, self.server.port), PATIENCE)
        host = self.server.host
        if self.server.security == "tls":
            smtp.sock = self.context.wrap_socket(smtp.sock, server_hostname=host)
        # smtplib checks the certificate against this name.
        smtp._host = host  # type: ignore[attr-defined]
        if self._is_over:
            raise TimeoutError
        code, said = smtp.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        """The library knows ASCII only; in PLAIN, names and passwords are UTF-8 (RFC 4616)."""
        name, password = self.server.name, self.server.password
        if (name + password).isascii():
            smtp.login(name, password)
            return
        if "PLAIN" not in smtp.esmtp_features.get("auth", "").upper().split():
            raise smtplib.SMTPNotSupportedError
        told = b64encode(f"\0{name}\0{password}".encode()).decode()
        code, said = smtp.docmd("AUTH", f"PLAIN {told}")
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, said)

    def _give(self, smtp: smtplib.SMTP) -> None:
        code, said = smtp.mail(str(self.message["From"].addresses[0].addr_spec))
        if code != 250:
            raise smtplib.SMTPResponseException(code, said)
        for recipient in self.message["To"].addresses:
            code, said = smtp.rcpt(recipient.addr_spec)
            if code not in (250, 251):
                raise smtplib.SMTPResponseException(code, said)
        self.was_given = True
        code, said = smtp.data(self.message.as_bytes())
        if code != 250:
            raise smtplib.SMTPDataError(code, said)


def _status(error: Exception) -> int:
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0


def _kind(error: Exception) -> str:
    """The kind of fault; 4 hundreds are for now, 5 hundreds for good."""
    if isinstance(error, _TooMuchSaid):
        return "malformed"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "wrong_key"
    if isinstance(error, smtplib.SMTPResponseException):
        return "server_error" if error.smtp_code < 500 else "rejected"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "tls.not_offered"
    if isinstance(error, ssl.SSLError):
        return kind_of(error) or "tls"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "reset"
