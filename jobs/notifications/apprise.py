"""An Apprise-API server, the door to more than a hundred other services."""

from urllib.parse import quote

from jobs.net import Door, Request, Server
from jobs.notifications.parcels import ASKED, LONGEST_TITLE, Parcel, Sender, Settings, post
from jobs.notifications.texts import cut

# The server cuts it further, as each of its services needs it.
ROOM = 8000
TYPES = {"info": "info", "success": "success", "warning": "warning", "error": "failure"}


async def send(door: Door, who: str, fields: Settings, parcel: Parcel) -> None:
    text = cut(parcel.text, ROOM)
    told = {
        "title": cut(parcel.title, LONGEST_TITLE),
        "body": f"{text}\n{parcel.link}" if parcel.link else text,
        "type": TYPES[parcel.tone],
        "format": "text",
    }
    key = fields.get("config_key")
    if key and fields.get("tags"):
        told["tag"] = fields["tags"]
    if not key:
        told["urls"] = fields["apprise_urls"]
    path = f"/notify/{quote(key, safe='')}" if key else "/notify"
    server = Server(fields["url"], who, verify_tls=bool(fields.get("verify_tls", True)))
    await post(door, server, Request.json(path, told, asked=ASKED))


SENDER = Sender(ROOM, len, str, 0.0, send)
