"""The filters of the history, as the address of its page holds them."""

from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from models.applications import WANTS
from models.forms import Form, Name
from models.searches import fates
from models.searches.days import begins
from models.searches.history import FILTERS, HELD, SearchFilter

NAMES = ("text", "outcome", "fate", "instance", "queue", "want", "since", "until")
NO_DAY = "Type a day as 2026-05-31."
TURNED = "This day is before the first one."
LATEST = date(9000, 1, 1)


class SavedViewForm(Form):
    """The filters that are shown, and the name under which a person keeps them."""

    name: Name
    text: str = ""
    outcome: str = ""
    fate: str = ""
    instance: str = ""
    queue: str = ""
    want: str = ""
    since: str = ""
    until: str = ""


def query_of(values: Mapping[str, str], **others: str) -> str:
    """The query string of these filters, with `others` in their place; empty ones are left out."""
    merged = {name: values.get(name, "") for name in NAMES} | others
    return urlencode({name: value for name, value in merged.items() if value})


def understood(values: Mapping[str, str], zone: ZoneInfo) -> tuple[SearchFilter, dict[str, str]]:
    """The filter, and a sentence for each day that is none; what makes no sense filters nothing.

    The days are those of `zone`; both are shown whole.
    """
    errors: dict[str, str] = {}
    days = {name: _day(values, name, errors) for name in ("since", "until")}
    first, last = days["since"], days["until"]
    if first and last and last < first:
        errors["until"], last = TURNED, None
    outcome, fate, want = (values[name] for name in ("outcome", "fate", "want"))
    wanted = SearchFilter(
        instance=_id(values["instance"]),
        queue=_id(values["queue"]),
        outcome=outcome if outcome in (*FILTERS, HELD) else None,
        fate=fate if fate in fates.WORDS else None,
        want=want if want in WANTS else None,
        text=values["text"],
        since=begins(first, zone) if first else None,
        until=begins(last + timedelta(days=1), zone) if last else None,
    )
    return wanted, errors


def _day(values: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    text = values[name]
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = LATEST
    if day is None or date(1970, 1, 2) < day < LATEST:
        return day
    errors[name] = NO_DAY
    return None


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 18 else None
