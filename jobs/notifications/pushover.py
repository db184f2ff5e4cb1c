"""Pushover, by an application of one's own."""

from jobs.net import Door, Request, Server
from jobs.notifications.parcels import ASKED, LONGEST_TITLE, Parcel, Sender, Settings, post
from jobs.notifications.texts import cut

ROOM = 1024
LONGEST_LINK = 512
SERVER = "https://api.pushover.net"
# 2 would ring until somebody confirms it.
PRIORITIES = {"info": "-1", "success": "0", "warning": "0", "error": "1"}


async def send(door: Door, who: str, fields: Settings, parcel: Parcel) -> None:
    told = {
        "token": fields["app_token"],
        "user": fields["user_key"],
        "title": cut(parcel.title, LONGEST_TITLE),
        "message": cut(parcel.text, ROOM),
        "priority": PRIORITIES[parcel.tone],
        "timestamp": str(int(parcel.at.timestamp())),
    }
    if parcel.link and len(parcel.link) <= LONGEST_LINK:
        told["url"] = parcel.link
    if fields.get("device"):
        told["device"] = fields["device"]
    request = Request.form("/1/messages.json", told, asked=ASKED)
    await post(door, Server(fields.get("url") or SERVER, who), request)


SENDER = Sender(ROOM, len, str, 1.0, send)
