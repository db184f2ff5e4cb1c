"""A server's answers, and what an answer means that is not the expected reply."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from jobs.net.faults import Fault
from jobs.net.questions import Question

USUAL_PORTS = {"http": 80, "https": 443}
KINDS = {401: "wrong_key", 403: "wrong_key", 404: "not_found", 410: "not_found"}


class Reply(NamedTuple):
    """A successful reply with its whole body; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Answer(NamedTuple):
    """An answer; names of headers are in lower case.

    `head` is the beginning of the body, once it was read.
    """

    method: str
    status: int
    headers: Mapping[str, str]
    head: bytes = b""

    @property
    def kind(self) -> str:
        """The content type, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_page(self) -> bool:
        return "html" in self.kind or self.head.lstrip()[:1] == b"<"


class Judge:
    """Decides by the status which answers are replies.

    A caller that knows more about its server brings a judge of its own.
    """

    def accepts(self, answer: Answer) -> bool:
        """Whether the answer is a reply.

        It is asked before the body is read, and again with `head` if it said no.
        """
        return 200 <= answer.status < 300

    def fault(self, answer: Answer, question: Question) -> Fault:
        """The fault of an answer that is not a reply; a redirect's path is left out as a secret."""
        status = answer.status
        if 300 <= status < 400:
            there = Location.of(answer.headers.get("location", ""), question)
            if there is None:
                return question.fault("redirect.nowhere")
            return question.fault("redirect", target=there.origin)
        kind = KINDS.get(status) or ("server_error" if status >= 500 else "rejected")
        kind = "rate_limited" if status == 429 else kind
        return question.fault(kind, status=status, retry_after=retry_after(answer.headers))


class Location(NamedTuple):
    """Where a Location leads; its query may hold keys and is never shown."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str

    @classmethod
    def of(cls, location: str, question: Question) -> "Location | None":
        """Where it leads; None for no address of a web server, or where only the query changes."""
        try:
            there = urlsplit(location)
            if not (there.hostname or there.path):
                return None
            there = urlsplit(urljoin(question.origin + question.path, location))
            scheme, host, port = there.scheme, there.hostname, there.port
        except ValueError:
            return None
        if host is None or scheme not in {*USUAL_PORTS, urlsplit(question.origin).scheme}:
            return None
        port = None if port == USUAL_PORTS.get(scheme) else port
        return cls(scheme, host, port, there.path, there.query)

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port else "")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After of either form; a date counts by the server's clock."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    moment = http_date(text)
    if moment is None:
        return None
    now = http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def http_date(text: str) -> datetime | None:
    """The moment in a Date header; None if it is not one."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
