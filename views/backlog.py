"""The backlog: every wanted item as a row of a table, or series as grids."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from models.applications import WANTS
from models.backlog.eligibility import Reason
from models.backlog.exclusions import Exclusion
from models.browsing import LETTERS, ItemFilter, by_reason, read
from models.browsing.series import cells_of, read_series
from models.browsing.sorts import SORTS, USUAL
from models.browsing.turns import next_turns
from models.budgets import Ledger
from models.budgets.gates import held
from models.database import database
from models.database.fields import from_ms, now
from models.instances import Instance
from views.web.endpoint import person
from views.web.filtering import Typed
from views.web.limits import A_BACKLOG
from views.web.marks import reads
from views.web.pages import neighbours
from views.web.render import render

NAMES = (
    *("text", "instance", "want", "series", "reason"),
    *("letter", "sort", "down", "view", "after", "page", "undo", "all"),
)
# These two depend on a queue or a run, so the backlog cannot be filtered by them.
REASONS = [each for each in Reason if each not in (Reason.FILTERED, Reason.PACK)]
BY_NAME = {reason.name.lower(): reason for reason in REASONS}
LONGEST = 200
# Digits of a moment in epoch ms before the year 2286.
LONGEST_MOMENT = 13


@reads(limit=A_BACKLOG)
async def index(request: Request) -> Response:
    return await listing(request, request.query_params)


async def listing(
    request: Request,
    asked: Mapping[str, str],
    *,
    chosen: list[int] | None = None,
    error: str = "",
    status: int = 200,
) -> Response:
    """The backlog as a query string asks for it, with the items `chosen` marked."""
    values = {name: asked.get(name, "").replace("\0", "").strip()[:LONGEST] for name in NAMES}
    wanted, at = _filter(values), now()
    instances = list(Instance.by_name())
    ledger = Ledger.at(at)
    holding = held(instances, ledger)
    mine = {wanted.instance} if wanted.instance else {each.id for each in instances}
    by_series = values["view"] == "series"
    read_page = _grids if by_series else _rows
    found = await database.aside(read_page, wanted, values, instances)
    return render(
        request,
        "backlog/index.html",
        status=status,
        form=Typed(values),
        by_series=by_series,
        filtered=any(values[name] for name in ("text", "instance", "want", "series", "reason")),
        wanted=wanted,
        reasons=BY_NAME,
        letters=LETTERS,
        instances=instances,
        held=holding,
        household=ledger.household,
        all_held=bool(mine) and mine <= holding,
        address=_addresses(values),
        chosen=set(chosen or ()),
        error=error,
        undoable=undoable(request, values["undo"]),
        **found,
    )


def _rows(wanted: ItemFilter, values: dict[str, str], instances: list[Instance]) -> dict[str, Any]:
    at = now()
    found = read(wanted, _page(values["page"]), at)
    series = None if wanted.text else wanted.series
    one = next((each for each in instances if each.id == wanted.instance), None)
    return {
        "found": found,
        "counts": found.counts,
        "turns": next_turns(found.items, at),
        "pages": neighbours(found.page, found.pages),
        "grid": cells_of(one, series) if one and series is not None else None,
    }


def _grids(wanted: ItemFilter, values: dict[str, str], _: list[Instance]) -> dict[str, Any]:
    counts = by_reason(wanted) if wanted.is_indexed else {}
    return {"found": read_series(wanted, values["after"]), "counts": counts}


def _filter(values: dict[str, str]) -> ItemFilter:
    return ItemFilter(
        instance=_id(values["instance"]),
        want=values["want"] if values["want"] in WANTS else None,
        reason=BY_NAME.get(values["reason"]),
        series=_id(values["series"]),
        text=values["text"],
        letter=values["letter"] if values["letter"] in LETTERS else "",
        sort=values["sort"] if values["sort"] in SORTS else USUAL,
        descending=values["down"] == "1",
    )


def undoable(request: Request, told: str) -> list[Exclusion]:
    """What the person excluded at this moment, in epoch ms, and may undo."""
    moment = _id(told)
    user = person(request)
    if moment is None or len(told) > LONGEST_MOMENT or not user.may_change:
        return []
    return list(Exclusion.made(user, from_ms(moment)))


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 16 else None


def _page(text: str) -> int:
    return max(_id(text[:9]) or 1, 1)


def _addresses(values: dict[str, str]) -> Callable[..., str]:
    """A function that gives the list's address, with what its arguments name changed.

    Another list begins at its first page, and forgets what was marked and done on this one.
    """
    kept = values | {"page": "", "after": "", "undo": "", "all": ""}

    def address(*, here: bool = False, **changes: object) -> str:
        every = (values | {"undo": "", "all": ""} if here else kept) | changes
        told = {name: value for name, value in every.items() if value}
        return "/backlog" + ("?" + urlencode(told) if told else "")

    return address
