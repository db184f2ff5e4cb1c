"""Discord, by a webhook of a channel."""

from jobs.net import Door, Request, Server
from jobs.notifications.parcels import ASKED, Parcel, Sender, Settings, post
from jobs.notifications.texts import cut, markdown, utf16

ROOM = 4000
LONGEST_TITLE = 256
COLOURS = {"info": 0x4A7DB8, "success": 0x3C8F5A, "warning": 0xC98A1B, "error": 0xC4473A}


async def send(door: Door, who: str, fields: Settings, parcel: Parcel) -> None:
    embed = {
        "title": cut(parcel.title, LONGEST_TITLE, utf16, markdown),
        "description": cut(parcel.text, ROOM, utf16, markdown),
        "color": COLOURS[parcel.tone],
        "timestamp": parcel.at.isoformat(),
    }
    if parcel.link:
        embed["url"] = parcel.link
    told = {"embeds": [embed], "allowed_mentions": {"parse": []}}
    thread = {"thread_id": fields["thread_id"]} if fields.get("thread_id") else {}
    request = Request.json("", told, asked=ASKED, query={"wait": "true", **thread})
    await post(door, Server(fields["webhook_url"], who), request)


SENDER = Sender(ROOM, utf16, markdown, 1.0, send)
