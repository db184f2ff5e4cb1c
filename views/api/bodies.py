"""The JSON body of a request to the API."""

from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request

JSON = "application/json"
NOT_SENT_AS_JSON = "Send the body with Content-Type: application/json."
NO_JSON = "The body is not JSON."
NO_OBJECT = "The body is not an object."


async def read_object(request: Request, *, may_be_empty: bool) -> dict[str, Any]:
    """The body as an object. Raises HTTPException 400 or 415."""
    body = await request.body()
    if not body and may_be_empty:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise HTTPException(415, NOT_SENT_AS_JSON)
    try:
        read = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise HTTPException(400, NO_JSON) from None
    if not isinstance(read, dict):
        raise HTTPException(400, NO_OBJECT)
    return read
