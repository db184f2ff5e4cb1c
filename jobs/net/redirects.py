"""Where a redirect would lead: to another address of the application, or to a sign-in."""

from typing import NamedTuple
from urllib.parse import urlsplit

from jobs.net.faults import Fault, fault
from jobs.net.questions import Question
from jobs.net.speakers import Answer

# Parts of a path, and parameters that say where to come back to, of what asks people to sign in.
SIGN_IN_PARTS = frozenset(
    {
        *("access", "auth", "authorize", "login", "oauth2", "outpost.goauthentik.io", "sign-in"),
        *("sign_in", "signin", "sso"),
    }
)
COME_BACK = frozenset(
    {
        *("client_id", "continue", "goto", "next", "rd", "redirect", "redirect_uri"),
        *("redirect_url", "return", "return_to", "returnurl", "rm", "samlrequest", "target"),
    }
)
USUAL_PORTS = {"http": 80, "https": 443}


class _Place(NamedTuple):
    """What a Location says; its query may hold keys, and is never shown."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str

    @classmethod
    def of(cls, location: str, question: Question) -> "_Place | None":
        try:
            here, there = urlsplit(question.origin), urlsplit(location)
            scheme, host, port = there.scheme or here.scheme, there.hostname, there.port
            if not (host or there.path):
                return None
            if host is None:
                host, port = here.hostname or "", here.port
        except ValueError:
            return None
        port = None if port == USUAL_PORTS.get(scheme) else port
        return cls(scheme, host, port, there.path, there.query)

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port else "")

    @property
    def signs_in(self) -> bool:
        parts = self.path.lower().split("/")
        names = (pair.partition("=")[0] for pair in self.query.lower().split("&"))
        return not (SIGN_IN_PARTS.isdisjoint(parts) and COME_BACK.isdisjoint(names))


def redirected(answer: Answer, question: Question) -> Fault:
    """What to say of it: an address to enter is named only where it can be the right one."""
    facts = question.facts()
    there = _Place.of(answer.headers.get("location", ""), question)
    here = _Place.of(question.origin + question.path, question)
    if there is None or here is None:
        return fault("redirect.nowhere", facts)
    path = there.path.rstrip("/")
    if there.origin == here.origin:
        return _at_the_same_address(there, path, question)
    if path.lower().endswith(question.tail):
        base = there.origin + path[: -len(question.tail)]
        return fault("redirect", facts | {"target": base})
    if there.host == here.host and not path and not there.signs_in:
        return fault("redirect", facts | {"target": there.origin})
    kind = "sign_in_page.elsewhere" if there.signs_in else "redirect.elsewhere"
    return fault(kind, facts | {"target": there.origin + there.path})


def _at_the_same_address(there: _Place, path: str, question: Question) -> Fault:
    facts = question.facts()
    if path == question.path:
        return fault("redirect.same", facts)
    if path.endswith(question.path):
        base = there.origin + path.removesuffix(question.path)
        return fault("url_base_missing", facts | {"target": base})
    return fault("sign_in_page.here", facts | {"target": there.origin + there.path})
