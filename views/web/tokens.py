"""The token in every form: bound to the browser's cookie, masked anew each time."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

MAC_BYTES = 16


def issue(key: bytes, session_id: str) -> str:
    """A token that looks different each time, so that compression does not betray it (BREACH)."""
    mask = secrets.token_bytes(MAC_BYTES)
    return urlsafe_b64encode(mask + _xor(mask, _mac(key, session_id))).decode()


def fits(key: bytes, session_id: str, token: str) -> bool:
    try:
        raw = urlsafe_b64decode(token.encode())
    except ValueError:
        return False
    if len(raw) != 2 * MAC_BYTES:
        return False
    return hmac.compare_digest(_xor(raw[:MAC_BYTES], raw[MAC_BYTES:]), _mac(key, session_id))


def _mac(key: bytes, session_id: str) -> bytes:
    return hmac.digest(key, session_id.encode(), hashlib.sha256)[:MAC_BYTES]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
