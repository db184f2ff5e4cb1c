"""Telegram, by a bot of one's own."""

from jobs.net import Door, Request, Server
from jobs.notifications.parcels import ASKED, LONGEST_TITLE, Parcel, Sender, Settings, post
from jobs.notifications.texts import cut, html, utf16

# 4096 in all, with the title and the link.
ROOM = 3400
LONGEST_LINK = 400
SERVER = "https://api.telegram.org"


async def send(door: Door, who: str, fields: Settings, parcel: Parcel) -> None:
    title = cut(parcel.title, LONGEST_TITLE, utf16, html)
    parts = [f"<b>{title}</b>", cut(parcel.text, ROOM, utf16, html)]
    if parcel.link and len(parcel.link) <= LONGEST_LINK:
        parts.append(html(parcel.link))
    told = {
        "chat_id": fields["chat_id"],
        "text": "\n".join(parts),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "disable_notification": bool(fields.get("silent")),
    }
    if fields.get("topic_id"):
        told["message_thread_id"] = int(fields["topic_id"])
    # The token is a part of the address: no sentence and no line of the log shows a path.
    request = Request.json(f"/bot{fields['bot_token']}/sendMessage", told, asked=ASKED)
    await post(door, Server(fields.get("url") or SERVER, who), request)


# 20 messages a minute to one group.
SENDER = Sender(ROOM, utf16, html, 3.0, send)
