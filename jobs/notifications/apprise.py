"""An Apprise-API server, the door to more than a hundred other services."""

from urllib.parse import quote

from jobs.net import Answer, Door, Fault, Judge, Question, Request, Server
from jobs.notifications.parcels import ASKED, LONGEST_TITLE, Parcel, Sender, Settings, post
from jobs.notifications.texts import cut

# The server cuts it further, as each of its services needs it.
ROOM = 8000
TYPES = {"info": "info", "success": "success", "warning": "warning", "error": "failure"}


# To a key without a configuration it says "no content": no service was sent anything.
NOWHERE = 204


class _Delivered(Judge):
    """Takes an answer for good only where something was sent on."""

    def accepts(self, answer: Answer) -> bool:
        return answer.status != NOWHERE and super().accepts(answer)

    def fault(self, answer: Answer, question: Question) -> Fault:
        if answer.status == NOWHERE:
            return question.fault("not_found", status=NOWHERE)
        return super().fault(answer, question)


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
    await post(door, server, Request.json(path, told, asked=ASKED), _Delivered())


SENDER = Sender(ROOM, len, str, 0.0, send)
