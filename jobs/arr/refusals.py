"""What an exchange that brought no usable reply means: broken off, or answered by a stranger."""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import httpcore

from jobs.arr.addresses import causes
from jobs.arr.faults import Fault, fault
from jobs.arr.speakers import Answer

CERTIFICATE_KINDS = {
    9: "tls.not_yet_valid",
    10: "tls.expired",
    18: "tls.untrusted",
    19: "tls.untrusted",
    20: "tls.untrusted",
    21: "tls.untrusted",
    62: "tls.wrong_name",
    64: "tls.wrong_name",
}
PLAIN_HTTP_REASONS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")
# h11 quotes the first bytes of what is no status line; these begin a TLS record.
TLS_RECORD = (r"b'\x15\x03", r"b'\x16\x03")
# What nginx, Apache, Go and others write over a 400 to plain http on an https port.
WANTS_HTTPS = (b"to https port", b"to an https", b"ssl-enabled")
SIGN_IN_PATHS = ("login", "signin", "sign-in", "sign_in", "auth", "authorize", "sso")


class Question(NamedTuple):
    """What was asked of whom, in words that may be shown: no key, no query."""

    application: str
    where: str
    host: str
    origin: str
    path: str

    def facts(self) -> dict[str, object]:
        return {
            "application": self.application,
            "Application": self.application.capitalize(),
            "where": self.where,
            "host": self.host,
        }


def broken(error: BaseException, question: Question, *, answered: bool) -> Fault:
    """The fault behind an exception of the network; `answered` once the reply had begun."""
    facts = question.facts()
    if isinstance(error, Fault):
        return error
    if isinstance(error, httpcore.PoolTimeout):
        return fault("timeout", facts, may_have_arrived=False)
    if isinstance(error, httpcore.ConnectTimeout):
        return fault("timeout.connecting", facts, may_have_arrived=False)
    if isinstance(error, httpcore.TimeoutException):
        return fault("timeout", facts)
    if isinstance(error, TimeoutError):
        return fault("timeout.trickle" if answered else "timeout", facts)
    if isinstance(error, httpcore.ConnectError):
        return fault(_tls_kind(error) or "tls", facts)
    if (kind := _tls_kind(error)) and not answered:
        return fault(kind, facts, may_have_arrived=True)
    if "illegal" in str(error) and not answered:
        wants_https = any(mark in str(error) for mark in TLS_RECORD)
        return fault("tls.wants_https" if wants_https else "not_arr.not_http", facts)
    return fault("reset.broke_off" if answered else "reset", facts)


def _tls_kind(error: BaseException) -> str | None:
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return CERTIFICATE_KINDS.get(cause.verify_code, "tls.untrusted")
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
            return "tls.plain_http" if cause.reason in PLAIN_HTTP_REASONS else "tls"
    return None


def is_reply(status: int, headers: Mapping[str, str], *, may_be_empty: bool) -> bool:
    """Whether status and content type are those of a reply of the API."""
    if not 200 <= status < 300:
        return False
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (may_be_empty and not kind)


def judge(answer: Answer, question: Question) -> Fault:
    """Why this answer is no reply of the API, and who gave it."""
    found = _judged(answer, question)
    found.by_application = answer.by_application
    return found


def _judged(answer: Answer, question: Question) -> Fault:
    status, facts = answer.status, question.facts()
    if 300 <= status < 400:
        return _redirected(answer, question)
    if 200 <= status < 300:
        return _not_data(answer, question)
    retry_after = _retry_after(answer.headers)
    if status in (401, 407):
        behind_proxy = "www-authenticate" in answer.headers
        return fault("sign_in_page.proxy" if behind_proxy else "wrong_key", facts)
    if status == 404:
        return fault("not_arr.page" if answer.is_page else "not_found", facts)
    if status == 429:
        return fault("rate_limited", facts, retry_after=retry_after)
    if status == 503 and not answer.is_page:
        return fault("starting", facts, retry_after=retry_after)
    if status in (502, 503, 504):
        return fault("server_error.proxy", facts | {"status": status}, retry_after=retry_after)
    if status >= 500:
        return fault("server_error", facts | {"status": status}, retry_after=retry_after)
    if status == 400 and any(mark in answer.head.lower() for mark in WANTS_HTTPS):
        return fault("tls.wants_https", facts)
    return fault("rejected", facts | {"status": status})


def _not_data(answer: Answer, question: Question) -> Fault:
    if not answer.is_page:
        return fault("not_arr", question.facts())
    signs_in = b'type="password"' in answer.head.lower().replace(b"'", b'"')
    return fault("sign_in_page" if signs_in else "not_arr.page", question.facts())


def _redirected(answer: Answer, question: Question) -> Fault:
    facts = question.facts()
    try:
        target = urlsplit(answer.headers.get("location", ""))
        host = target.hostname or question.host
        host = f"[{host}]" if ":" in host else host
        origin = f"{target.scheme}://{host}" + (f":{target.port}" if target.port else "")
    except ValueError:
        return fault("redirect.nowhere", facts)
    if not target.netloc and not target.path:
        return fault("redirect.nowhere", facts)
    stays = not target.netloc or origin == question.origin
    base = target.path.removesuffix(question.path)
    if stays and base not in ("", target.path):
        return fault("url_base_missing", facts | {"base": base})
    shown = (question.origin if stays else origin) + target.path
    last = target.path.rstrip("/").rpartition("/")[2].lower()
    kind = "sign_in_page.elsewhere" if last in SIGN_IN_PATHS else "redirect"
    return fault(kind, facts | {"target": shown})


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from a Retry-After of either form; a date counts by the server's own clock."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    moment = http_date(text)
    if moment is None:
        return None
    now = http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def http_date(text: str) -> datetime | None:
    """A Date header's moment; None if it is not one."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
