"""E-mail, by a mail server of one's own or of a provider."""

from email.message import EmailMessage
from email.utils import format_datetime

from jobs.net import Door, MailServer, send_mail
from jobs.notifications.parcels import LONGEST_TITLE, PROGRAM, Parcel, Sender, Settings
from jobs.notifications.texts import cut, line
from models.late import late

ROOM = 60_000


async def send(door: Door, who: str, fields: Settings, parcel: Parcel) -> None:
    server = MailServer(
        fields["host"],
        int(fields["port"]),
        who,
        fields["security"],
        fields.get("user_name") or "",
        fields.get("smtp_password") or "",
        bool(fields.get("verify_tls", True)),
    )
    await send_mail(door, server, _mail(fields, parcel))


def _mail(fields: Settings, parcel: Parcel) -> EmailMessage:
    """No header has a line break in it: the library would refuse it."""
    mail, address = EmailMessage(), late("email.headerregistry").Address
    sender = fields["sender"]
    mail["Subject"] = cut(line(parcel.title), LONGEST_TITLE)
    mail["From"] = address(PROGRAM, addr_spec=sender)
    mail["To"] = [address(addr_spec=each) for each in fields["recipients"].split(", ")]
    mail["Date"] = format_datetime(parcel.at)
    domain = sender.partition("@")[2]
    mail["Message-ID"] = f"<searcharr.{parcel.id}@{domain}>"
    # So that no automatic reply comes back, and that a rule can sort it.
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Id"] = f"{PROGRAM} <notifications.searcharr.{domain}>"
    text = cut(parcel.text, ROOM)
    mail.set_content(f"{text}\n\n{parcel.link}\n" if parcel.link else f"{text}\n")
    return mail


SENDER = Sender(ROOM, len, str, 0.0, send)
