"""Renders templates; the same template is the whole page or only its content."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from models.applications import APPLICATIONS
from models.backlog.eligibility import Reason
from models.dashboard.news import News
from models.database.fields import from_ms, to_ms
from models.database.fields import now as present
from models.forms import Draft
from models.household import Household
from models.instances.health import streaks
from models.people import User
from models.people.passwords import USUAL
from models.queues.strategies import PRESETS
from models.searches import OUTCOMES, fates, releases
from models.version import VERSION
from views.web import charts, choices, faults, glossary, grids, tokens, words
from views.web.mask import Mask, MaskedEnvironment, without_addresses
from views.web.visitor import Visitor

COMPONENTS = Path(__file__).parents[2] / "components"
NAME = "Vibe-Quality-Searcharr"
VARY = "HX-Request, HX-Request-Type"
# Quotes in foreign text are escaped, so this matches only attributes of our own templates.
ADDRESSES = re.compile(
    r'(\s(?:href|src|action|formaction|data-idle|data-busy|hx-(?:get|post|patch|put|delete|push-url))=")(?=/)'
)
OPTIONS: dict[str, Any] = {
    "loader": FileSystemLoader(COMPONENTS),
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "auto_reload": False,
}
E = TypeVar("E", bound=Environment)
REFUSED = 422
SINCE = re.compile(r"[0-9]{1,15}")
# Fields that somebody may be filling in.
TYPED = re.compile(r'<(?:select|textarea|input(?! type="hidden"))\b')
REFRESH = '<noscript><meta http-equiv="refresh" content="300"></noscript>\n'


@cache
def environment() -> Environment:
    """Jinja's environment, shared by all apps of a process, so that templates compile once."""
    return _furnished(Environment(autoescape=True, **OPTIONS))


@cache
def masked_environment(key: bytes) -> MaskedEnvironment:
    """The same, whose templates get stand-ins for titles and addresses."""
    env = _furnished(MaskedEnvironment(autoescape=True, **OPTIONS))
    env.mask = Mask(key)
    return env


def _furnished(env: E) -> E:
    """The environment with our filters and names."""
    env.filters |= {
        "number": words.number,
        "percent": words.percent,
        "size": words.size,
        "span": words.span,
        "took": words.took,
        "ago": _in_zone(words.ago),
        "until": _in_zone(words.until),
        "moment": _in_zone(words.moment),
        "clock": _in_zone(words.clock),
        "second": _in_zone(words.second),
        "clock_time": _in_zone(words.clock_time),
        "day": _in_zone(words.day),
        "day_time": _in_zone(words.day_time),
        "date": _in_zone(words.date_words),
        "rate": words.rate,
    }
    env.globals |= {
        "plural": words.plural,
        "shows": faults.shows,
        "faults_of": faults.faults_of,
        "any_of": choices.any_of,
        "pairs": choices.pairs,
        "application_options": choices.application_options,
        "applications": APPLICATIONS,
        "instance_options": choices.instance_options,
        "shared_out": choices.shared_out,
        "zone_groups": choices.zone_groups,
        "outcome_words": OUTCOMES,
        "fate_words": fates.WORDS,
        "fate_state": fates.state,
        "grid_of": grids.grid_of,
        "parts_of": charts.parts,
        "quality_of": releases.quality_of,
        "glossary": glossary.WORDS,
        "Reason": Reason,
        "streaks": streaks,
        "presets": PRESETS,
        "usual_password_hint": USUAL.sentence,
    }
    return env


def wants_fragment(request: Request) -> bool:
    """Whether htmx asks for the content block alone. Boosted links want the whole page."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-request-type") == "partial"


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response:
    """The page, or only its content for htmx.

    `poll` is the seconds between two polls, or None. A view that has read the household passes it
    as `household`.
    """
    visitor: Visitor = request.state.visitor
    base = base_of(request, context.get("household"))
    if context.get("poll"):
        context["poll_url"] = _since(context.get("poll_url", request.url.path), base["now"])
    page = {
        "layout": f"layouts/{_layout(request, visitor)}.html",
        "here": _here(request, status),
        "status_code": status,
        "flash": visitor.heard(),
        "active": False,
        "poll": None,
        "poll_url": request.url.path,
        "news": _news(request),
    }
    html = _written(request, template, base | page | context)
    return HTMLResponse(html, status, {"Vary": VARY, **(headers or {})})


def base_of(request: Request, household: Household | None) -> dict[str, Any]:
    """What every template may ask for; the household is read where it is None."""
    visitor: Visitor = request.state.visitor
    household = household or Household.current()
    return {
        "request": request,
        "path": request.url.path,
        "version": VERSION,
        "user": visitor.user,
        "household": household,
        "now": present(),
        "zone": zone_of(request, household),
        "asset": request.app.state.assets.address,
        "token": cache(partial(tokens.issue, request.app.state.keyring.form_key, visitor.id)),
    }


def _written(request: Request, template: str, context: dict[str, Any]) -> str:
    user: User | None = context["user"]
    templates: Environment = request.app.state.templates
    if user and user.masked:
        templates = _masked(request, context)
        template = "masked/form.html" if _holds_address(request, context) else template
    page = templates.get_template(template)
    if context["status_code"] == REFUSED:
        # Tells the list of faults, which stands above the fields, what they are called.
        page.render(context)
    html = page.render(context)
    if user and user.masked:
        html = without_addresses(html)
    if user and user.refreshes and context["status_code"] == 200:
        html = _refreshing(html)
    below = request.app.state.base_path
    return ADDRESSES.sub(rf"\g<1>{below}", html) if below else html


def mask_of(request: Request) -> Mask | None:
    """The stand-ins for a person who masks pages."""
    user = request.state.visitor.user
    if not (user and user.masked):
        return None
    return masked_environment(request.app.state.keyring.form_key).mask


def _masked(request: Request, context: dict[str, Any]) -> MaskedEnvironment:
    """The templates for a person who masks pages; also masks the flash."""
    templates = masked_environment(request.app.state.keyring.form_key)
    if flash := context["flash"]:
        context["flash"] = flash | {"text": templates.mask.sentence(flash["text"])}
    return templates


def _holds_address(request: Request, context: dict[str, Any]) -> bool:
    """Whether it is a form with an address, in which a stand-in could be saved."""
    drafts = [each for each in context.values() if isinstance(each, Draft)]
    return request.method == "GET" and any(each.values.get("url") for each in drafts)


def _since(poll_url: str, at: datetime) -> str:
    """The address of a poll, with the moment from which on it tells what ended."""
    return f"{poll_url}{'&' if '?' in poll_url else '?'}since={to_ms(at)}"


def _news(request: Request) -> News | None:
    since = request.query_params.get("since", "")
    if not (wants_fragment(request) and SINCE.fullmatch(since)):
        return None
    return News.after(from_ms(int(since)))


def _refreshing(html: str) -> str:
    """The page as it loads again by itself where script is off, unless it holds a form to fill."""
    if TYPED.search(html) or "http-equiv" in html:
        return html
    return html.replace("</head>", f"{REFRESH}</head>", 1)


def _here(request: Request, status: int) -> str:
    """The page's own address; of a page that says an error the dashboard's, as what was asked for
    may be a secret that somebody pasted into the wrong place.
    """
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "") if status == 200 else "/"


def zone_of(request: Request, household: Household) -> ZoneInfo:
    """The time zone of whoever looks; the household's for those who are not signed in."""
    user = request.state.visitor.user
    zone: ZoneInfo = user.zone if user else household.zone
    return zone


def _layout(request: Request, visitor: Visitor) -> str:
    if wants_fragment(request):
        return "fragment"
    return "page" if visitor.user else "plain"


def go(request: Request, address: str, said: str = "", kind: str = "success") -> Response:
    """Leads to another page: by a redirect for a plain form, by HX-Location for htmx."""
    if said:
        request.state.visitor.say(said, kind)
    if request.headers.get("hx-request") == "true":
        return Response(headers={"HX-Location": address, "Vary": VARY})
    return Response(status_code=303, headers={"Location": address, "Vary": VARY})


def unchanged(request: Request, *facts: object) -> str | None:
    """The version of what a page shows; None where the page that polls shows it already.

    The version changes each minute, so that "in 12 min" does not stay for an hour.
    """
    minute = present().replace(second=0, microsecond=0)
    version = hashlib.sha256(repr((facts, minute)).encode()).hexdigest()[:16]
    return None if request.query_params.get("seen") == version else version


def _in_zone(words_of: Any) -> Any:
    @pass_context
    def filter_in_zone(context: Context, when: datetime | None) -> Any:
        return words_of(when, context["zone"], context["now"])

    return filter_in_zone
