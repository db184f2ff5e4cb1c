"""Judges an answer: what it means, and if the application or something in front gave it.

Sonarr and Radarr answer so under /api: a wrong key is a 401 without a body; a 404 may have no body
either; every other error is JSON of one of a few shapes. They never answer 403 there.
"""

from typing import Any

import msgspec

from jobs.arr.redirects import redirected
from jobs.net import IN_VAIN, Answer, Fault, Judge, Question, retry_after

# The names in the errors of both applications, by shape.
SHAPES = ({"message"}, {"errorMessage"}, {"title", "status"})
# Only the application sets this header.
ITS_HEADER = "x-application-version"
JSON = "application/json"
EMPTY = (401, 404, 405, 406, 415)

# Texts of nginx, Apache, Go and others in a 400 for plain http on an https port.
WANTS_HTTPS = (b"to https port", b"to an https", b"ssl-enabled")


class OfTheApi(Judge):
    """Judges answers of the API; `introduced` is True if a proxy got credentials or headers."""

    def __init__(self, *, introduced: bool = False) -> None:
        self._introduced = introduced

    def accepts(self, answer: Answer) -> bool:
        """Whether the answer is a reply, by status and content type.

        A DELETE brings no body. A POST brings JSON, whatever its content type says.
        """
        if not 200 <= answer.status < 300:
            return False
        if answer.kind == JSON or (answer.method == "DELETE" and not answer.kind):
            return True
        return answer.method == "POST" and answer.head.lstrip()[:1] in (b"{", b"[")

    def fault(self, answer: Answer, question: Question) -> Fault:
        """The fault of an answer that is not a reply, and who gave it."""
        if 300 <= answer.status < 400:
            return redirected(answer, question)
        its_own = by_application(answer)
        kind = (
            _kind_of_its_own(answer)
            if its_own
            else _kind_in_front(answer, introduced=self._introduced)
        )
        found = question.fault(kind, status=answer.status, retry_after=retry_after(answer.headers))
        found.by_application = its_own
        return found


def by_application(answer: Answer) -> bool:
    """Whether the answer has the shape of an error of Sonarr or Radarr."""
    if answer.status == 403 or "www-authenticate" in answer.headers or answer.is_page:
        return False
    if not answer.head.strip() and answer.kind in ("", JSON):
        return answer.status in EMPTY and "location" not in answer.headers
    return (
        answer.status != 401
        and answer.kind in (JSON, "application/problem+json")
        and (ITS_HEADER in answer.headers or _is_its_error(answer.head))
    )


def _is_its_error(body: bytes) -> bool:
    try:
        told: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    if isinstance(told, list):
        return bool(told) and all(
            isinstance(each, dict) and "errorMessage" in each for each in told
        )
    return isinstance(told, dict) and any(shape <= told.keys() for shape in SHAPES)


def _kind_of_its_own(answer: Answer) -> str:
    kinds = {401: "wrong_key", 404: "not_found", 503: "starting"}
    return kinds.get(answer.status) or ("server_error" if answer.status >= 500 else "rejected")


def _kind_in_front(answer: Answer, *, introduced: bool) -> str:
    """The kind of fault for an answer from something in front of the application."""
    status, head = answer.status, answer.head.lower()
    if status < 300:
        signs_in = b'type="password"' in head.replace(b"'", b'"')
        return "sign_in_page" if signs_in else "not_arr.page" if answer.is_page else "not_arr"
    if "www-authenticate" in answer.headers or status == 407:
        return "sign_in_page.not_let_in" if introduced else "sign_in_page.proxy"
    if status in (401, 403):
        return "sign_in_page.not_let_in" if introduced else "sign_in_page.in_front"
    if status == 400 and any(mark in head for mark in WANTS_HTTPS):
        return "tls.wants_https"
    if status == 404:
        return "not_arr.nothing_there"
    if status == 429:
        return "rate_limited"
    if status >= 500:
        return "server_error.proxy" if status in IN_VAIN else "server_error.in_front"
    return "not_arr.in_front"
