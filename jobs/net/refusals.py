"""What an exchange that brought no usable reply means: broken off, or answered by a stranger."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore

from jobs.net.faults import Fault, Unreached, fault
from jobs.net.handshakes import kind_of
from jobs.net.questions import Question
from jobs.net.redirects import redirected
from jobs.net.speakers import Answer

# What nginx, Apache, Go and others write over a 400 to plain http on an https port.
WANTS_HTTPS = (b"to https port", b"to an https", b"ssl-enabled")
# Of a proxy that waited for the application in vain; 520 to 530 are Cloudflare's.
IN_VAIN = frozenset({502, 503, 504, *range(520, 531)})


def broken(error: BaseException, question: Question, *, answered: bool) -> Fault:
    """The fault behind an exception of the network; `answered` once the reply had begun."""
    facts = question.facts()
    if isinstance(error, Fault):
        return error
    if isinstance(error, Unreached):
        return fault(question.kind(error.kind), facts, may_have_arrived=False)
    if isinstance(error, httpcore.PoolTimeout):
        return fault("timeout", facts, may_have_arrived=False)
    if isinstance(error, httpcore.ConnectTimeout):
        return fault("timeout.connecting", facts, may_have_arrived=False)
    if isinstance(error, httpcore.TimeoutException):
        return fault("timeout", facts)
    if isinstance(error, TimeoutError):
        return fault("timeout.trickle" if answered else "timeout", facts)
    if isinstance(error, httpcore.ConnectError):
        return fault("refused.unreachable", facts)
    if answered:
        return fault("reset.broke_off", facts)
    return fault(question.kind(_unanswered(error, question)), facts, may_have_arrived=True)


def _unanswered(error: BaseException, question: Question) -> str:
    if kind := kind_of(error):
        return kind
    if "illegal" in str(error):
        return "not_arr.not_http"
    return "reset.plain" if question.is_plain and not question.known else "reset"


def is_reply(status: int, headers: Mapping[str, str], *, may_be_empty: bool) -> bool:
    """Whether status and content type are those of a reply of the API."""
    if not 200 <= status < 300:
        return False
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (may_be_empty and not kind)


def judge(answer: Answer, question: Question) -> Fault:
    """Why this answer is no reply of the API, and who gave it."""
    if 300 <= answer.status < 400:
        return redirected(answer, question)
    kind = _kind_of_its_own(answer) if answer.by_application else _kind_in_front(answer, question)
    found = fault(
        question.kind(kind),
        question.facts() | {"status": answer.status},
        retry_after=_retry_after(answer.headers),
    )
    found.by_application = answer.by_application
    return found


def _kind_of_its_own(answer: Answer) -> str:
    kinds = {401: "wrong_key", 404: "not_found", 503: "starting"}
    return kinds.get(answer.status) or ("server_error" if answer.status >= 500 else "rejected")


def _kind_in_front(answer: Answer, question: Question) -> str:
    """Neither the key nor the application is to blame for what is not theirs."""
    status, head = answer.status, answer.head.lower()
    if status < 300:
        signs_in = b'type="password"' in head.replace(b"'", b'"')
        return "sign_in_page" if signs_in else "not_arr.page" if answer.is_page else "not_arr"
    if "www-authenticate" in answer.headers or status == 407:
        return "sign_in_page.not_let_in" if question.introduced else "sign_in_page.proxy"
    if status in (401, 403):
        return "sign_in_page.not_let_in" if question.introduced else "sign_in_page.in_front"
    if status == 400 and any(mark in head for mark in WANTS_HTTPS):
        return "tls.wants_https"
    if status == 404:
        return "not_arr.nothing_there"
    if status == 429:
        return "rate_limited"
    if status >= 500:
        return "server_error.proxy" if status in IN_VAIN else "server_error.in_front"
    return "not_arr.in_front"


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
