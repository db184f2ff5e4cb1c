"""Gotify, on a server of one's own."""

from jobs.net import Door, Request, Server
from jobs.notifications.parcels import ASKED, LONGEST_TITLE, Parcel, Sender, Settings, post
from jobs.notifications.texts import cut

ROOM = 8000
PRIORITIES = {"info": 2, "success": 4, "warning": 6, "error": 8}


async def send(door: Door, who: str, fields: Settings, parcel: Parcel) -> None:
    extras: dict[str, object] = {"client::display": {"contentType": "text/plain"}}
    if parcel.link:
        extras["client::notification"] = {"click": {"url": parcel.link}}
    told = {
        "title": cut(parcel.title, LONGEST_TITLE),
        "message": cut(parcel.text, ROOM),
        "priority": PRIORITIES[parcel.tone],
        "extras": extras,
    }
    headers = (("X-Gotify-Key", fields["app_token"]),)
    server = Server(fields["url"], who, headers, verify_tls=bool(fields.get("verify_tls", True)))
    await post(door, server, Request.json("/message", told, asked=ASKED))


SENDER = Sender(ROOM, len, str, 0.0, send)
