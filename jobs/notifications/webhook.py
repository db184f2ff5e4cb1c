"""A webhook of one's own: JSON, signed if there is a key to sign it with."""

import hashlib
import hmac
import time

from jobs.net import Door, Request, Server
from jobs.notifications.parcels import ASKED, LONGEST_TITLE, PROGRAM, Parcel, Sender, Settings, post
from jobs.notifications.texts import cut

ROOM = 8000


async def send(door: Door, who: str, fields: Settings, parcel: Parcel) -> None:
    told = {
        "eventType": parcel.event,
        "instanceName": PROGRAM,
        "id": parcel.id,
        "title": cut(parcel.title, LONGEST_TITLE),
        "message": cut(parcel.text, ROOM),
        "type": parcel.tone,
        "link": parcel.link,
        "at": parcel.at.isoformat(timespec="seconds"),
    }
    request = Request.json("", told, asked=ASKED)
    assert request.content is not None
    headers = [("X-Searcharr-Id", parcel.id)]
    if key := fields.get("signing_key"):
        headers.append(("X-Searcharr-Signature", signature(key, request.content, int(time.time()))))
    if fields.get("authorization"):
        headers.append(("Authorization", fields["authorization"]))
    request = request._replace(headers=(*request.headers, *headers))
    verify = bool(fields.get("verify_tls", True))
    await post(door, Server(fields["webhook_url"], who, verify_tls=verify), request)


def signature(key: str, body: bytes, at: int) -> str:
    """`t=SECONDS,v1=HEX`: HMAC-SHA256 over the seconds, a dot and the body."""
    signed = f"{at}.".encode() + body
    return f"t={at},v1={hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()}"


SENDER = Sender(ROOM, len, str, 0.0, send)
