"""The history: every search, with its outcome."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from models.database import database
from models.database.fields import now
from models.forms import Draft
from models.forms.history import NAMES, SavedViewForm, query_of, understood
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.searches.days import HistoryDay, by_day
from models.searches.entries import Entries, HistoryEntry, HistoryPlace, chunks_of, read
from models.searches.history import SearchFilter
from models.searches.saved_views import SavedView
from models.searches.tallies import Counted, by_outcome
from views.web.csv import csv_line
from views.web.endpoint import person, query
from views.web.filtering import Typed
from views.web.history_table import HEAD, cells
from views.web.limits import A_BACKLOG, AN_EXPORT
from views.web.marks import reads
from views.web.mask import Mask, without_addresses
from views.web.render import mask_of, render

# Rows read at a time for a CSV file.
CHUNK = 500

HistoryPlaces = tuple[HistoryPlace | None, HistoryPlace | None]
Found = tuple[Entries, list[HistoryDay], dict[str, Counted]]


@reads(limit=A_BACKLOG)
async def index(request: Request) -> Response:
    return await page(request, {name: query(request, name) for name in NAMES})


async def page(
    request: Request, values: dict[str, str], draft: Draft[SavedViewForm] | None = None
) -> Response:
    """The page of these filters; `draft` is a view that could not be saved."""
    user, at = person(request), now()
    zone = user.zone
    wanted, errors = understood(values, zone)
    places = HistoryPlace.read(query(request, "before")), HistoryPlace.read(query(request, "after"))
    entries, days, counts = await database.aside(_read, wanted, at, zone, places)
    return render(
        request,
        "searches/index.html",
        status=422 if errors or draft else 200,
        form=Typed(values, errors),
        draft=draft or SavedViewForm.blank(),
        values=values,
        query_of=query_of,
        days=days,
        counts=counts,
        newer=entries.newer,
        older=entries.older,
        looked_to=entries.looked_to,
        filtered=any(values.values()),
        unfolded=bool(errors),
        instances=list(Instance.by_name()),
        queues=list(Queue.by_name()),
        views=list(SavedView.of(user)),
    )


@reads(limit=AN_EXPORT)
async def export(request: Request) -> Response:
    """All that the filters show, as CSV; it is read and sent a few rows at a time."""
    # Fails without the settings, as every page does, before anything is sent.
    Household.current()
    zone, at = person(request).zone, now()
    wanted, _ = understood({name: query(request, name) for name in NAMES}, zone)
    chunks = chunks_of(wanted, at, CHUNK)
    mask = mask_of(request)
    name = f"history-{at.astimezone(zone):%Y-%m-%d}.csv"
    return StreamingResponse(
        _lines(lambda: _next_lines(chunks, lambda entry: cells(entry, at, zone, mask), mask)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _read(wanted: SearchFilter, at: datetime, zone: ZoneInfo, places: HistoryPlaces) -> Found:
    before, after = places
    entries = read(wanted, at, before=before, after=after)
    return entries, by_day(entries.shown, wanted, at, zone), by_outcome(wanted, at)


async def _lines(following: Callable[[], str | None]) -> AsyncIterator[str]:
    yield csv_line(HEAD)
    while (lines := await database.aside(following)) is not None:
        yield lines


def _next_lines(
    chunks: Iterator[list[HistoryEntry]],
    cells_of: Callable[[HistoryEntry], list[object]],
    mask: Mask | None,
) -> str | None:
    """The lines of the next chunk, as the person sees them on the page; None after the last."""
    found = next(chunks, None)
    if found is None:
        return None
    lines = "".join(csv_line(cells_of(entry)) for entry in found)
    return without_addresses(lines) if mask else lines
