"""Mail by SMTP, through the same checks of addresses and certificates as everything else."""

import asyncio
import smtplib
import socket
import ssl
from email.message import EmailMessage
from typing import NamedTuple

from jobs.net.addresses import resolve
from jobs.net.connections import Door
from jobs.net.faults import Unreached
from jobs.net.questions import Question
from jobs.net.tls import kind_of
from models.addresses import allowed

# Seconds for each step of the conversation.
PATIENCE = 20.0


class MailServer(NamedTuple):
    """A server that takes mail; `security` is tls, starttls or none."""

    host: str
    port: int
    who: str
    security: str = "starttls"
    name: str = ""
    password: str = ""
    verify_tls: bool = True


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
        await asyncio.to_thread(talk.hold)
    except (OSError, smtplib.SMTPException) as error:
        found_fault = question.fault(_kind(error), status=_status(error))
        found_fault.may_have_arrived = talk.was_given and not _status(error)
        found_fault.status = _status(error) or None
        raise found_fault from None


class _Conversation:
    """One conversation; `was_given` once the text of the mail has begun to leave."""

    def __init__(
        self, server: MailServer, address: str, context: ssl.SSLContext, message: EmailMessage
    ) -> None:
        self.server, self.address, self.context = server, address, context
        self.message = message
        self.was_given = False

    def hold(self) -> None:
        with self._connected() as smtp:
            smtp.ehlo()
            if self.server.security == "starttls":
                smtp.starttls(context=self.context)
                smtp.ehlo()
            if self.server.name:
                smtp.login(self.server.name, self.server.password)
            self._give(smtp)

    def _connected(self) -> smtplib.SMTP:
        """A connection to the address that was checked, under the name that certificates have."""
        smtp = smtplib.SMTP(timeout=PATIENCE)
        plain = socket.create_connection((self.address, self.server.port), PATIENCE)
        host = self.server.host
        if self.server.security == "tls":
            smtp.sock = self.context.wrap_socket(plain, server_hostname=host)
        else:
            smtp.sock = plain
        # smtplib checks the certificate against this name.
        smtp._host = host  # type: ignore[attr-defined]
        code, said = smtp.getreply()
        if code != 220:
            smtp.close()
            raise smtplib.SMTPConnectError(code, said)
        return smtp

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
