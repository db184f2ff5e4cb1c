"""ntfy, at ntfy.sh or on a server of one's own."""

from jobs.net import Door, Request, Server
from jobs.notifications.parcels import ASKED, LONGEST_TITLE, Parcel, Sender, Settings, post
from jobs.notifications.texts import cut, utf8

# A longer message becomes an attachment.
ROOM = 4000
PRIORITIES = {"info": 2, "success": 3, "warning": 4, "error": 5}
TAGS = {
    "info": "information_source",
    "success": "white_check_mark",
    "warning": "warning",
    "error": "rotating_light",
}


async def send(door: Door, who: str, fields: Settings, parcel: Parcel) -> None:
    told = {
        "topic": fields["topic"],
        "title": cut(parcel.title, LONGEST_TITLE),
        "message": cut(parcel.text, ROOM, utf8),
        "priority": PRIORITIES[parcel.tone],
        "tags": [TAGS[parcel.tone]],
    }
    if parcel.link:
        told["click"] = parcel.link
    token = fields.get("access_token")
    headers = (("Authorization", f"Bearer {token}"),) if token else ()
    server = Server(fields["url"], who, headers, verify_tls=bool(fields.get("verify_tls", True)))
    await post(door, server, Request.json("", told, asked=ASKED))


SENDER = Sender(ROOM, utf8, str, 1.0, send)
