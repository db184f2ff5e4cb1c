"""Where a redirect leads: to another address of the application, or to a sign-in page."""

from jobs.net import Answer, Fault, Location, Question

# Parts of a sign-in's path, and its parameters that say where to come back to.
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


def signs_in(there: Location) -> bool:
    parts = there.path.lower().split("/")
    names = (pair.partition("=")[0] for pair in there.query.lower().split("&"))
    return not (SIGN_IN_PARTS.isdisjoint(parts) and COME_BACK.isdisjoint(names))


def redirected(answer: Answer, question: Question) -> Fault:
    """The fault of a redirect; it names an address to enter only if that can be right."""
    there = Location.of(answer.headers.get("location", ""), question)
    here = Location.of(question.origin + question.path, question)
    if there is None or here is None:
        return question.fault("redirect.nowhere")
    path = there.path.rstrip("/")
    if there.origin == here.origin:
        return _at_the_same_address(there, path, question)
    if path.lower().endswith(question.tail):
        base = there.origin + path[: -len(question.tail)]
        return question.fault("redirect", target=base)
    if there.host == here.host and not path and not signs_in(there):
        return question.fault("redirect", target=there.origin)
    kind = "sign_in_page.elsewhere" if signs_in(there) else "redirect.elsewhere"
    return question.fault(kind, target=there.origin + there.path)


def _at_the_same_address(there: Location, path: str, question: Question) -> Fault:
    if path == question.path:
        return question.fault("redirect.same")
    if path.endswith(question.path):
        base = there.origin + path.removesuffix(question.path)
        return question.fault("url_base_missing", target=base)
    return question.fault("sign_in_page.here", target=there.origin + there.path)
