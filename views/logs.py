"""The log of this process, for administrators: recent lines, and its files."""

import asyncio
import os
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from models.database import database
from models.household.fixed import fixed
from models.logs import ALL, DEBUG, ERRORS, FILES, LEVELS, LOG, levels
from models.logs.files import names_of, open_to_read
from models.logs.reading import LogPage, LogPart, LogPlace, Wanted, chunks, page, parts
from views.web import trail
from views.web.endpoint import person, query
from views.web.filtering import Typed
from views.web.limits import A_BACKLOG, AN_EXPORT
from views.web.marks import reads, writes
from views.web.render import go, render

NAMES = ("file", "level", "text", "request")
LABELS = ((ALL, "All"), (ERRORS, "Errors"), (DEBUG, "Debug"))
ANY_LEVEL = ("", "Any")
MASKED = "A file shows everything as it is: show titles again before you download it."


@reads("admin", limit=A_BACKLOG)
async def index(request: Request) -> Response:
    values = {name: query(request, name) for name in NAMES}
    name = values["file"] if values["file"] in FILES else ALL
    level = values["level"] if values["level"] in LEVELS else LEVELS[0]
    wanted = Wanted(level, values["text"], values["request"])
    place = _place(request)
    shown, files = await asyncio.to_thread(_read, request, name, wanted, place)
    kept = {name: value for name, value in values.items() if value}
    return render(
        request,
        "logs/index.html",
        form=Typed(values),
        page=shown,
        files=files,
        log=LOG,
        fixed=fixed().get("log_level"),
        labels=LABELS,
        levels=[ANY_LEVEL, *levels()],
        filtered=any(values.values()),
        is_newest=place == LogPlace(),
        newest="/logs" + (f"?{urlencode(kept)}" if kept else ""),
        older=None if shown.older is None else f"/logs?{urlencode(kept | _typed(shown.older))}",
        several=database.is_server,
    )


@writes("admin", limit=AN_EXPORT, event="log-downloaded")
def download(request: Request) -> Response:
    """One file, as it was written; its secrets were taken out then."""
    name = dict(request.state.fields).get("file", "")
    if name not in {each for file in FILES for each in names_of(file)}:
        raise HTTPException(404)
    if person(request).masked:
        return go(request, "/logs", MASKED, kind="notice")
    trail.tell(request, name)
    try:
        file = open_to_read(request.app.state.log_folder, name)
    except OSError:
        raise HTTPException(404) from None
    return StreamingResponse(
        chunks(file, os.fstat(file).st_size),
        media_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _read(
    request: Request, name: str, wanted: Wanted, place: LogPlace
) -> tuple[LogPage, list[LogPart]]:
    folder = request.app.state.log_folder
    return page(folder, name, wanted, place), [
        part for file in FILES for part in parts(folder, file)
    ]


def _place(request: Request) -> LogPlace:
    """Where the page begins; the end of the newest file where the address names no place."""
    part, before = query(request, "part"), query(request, "before")
    if not (part.isdecimal() and before.isdecimal()) or len(part) > 2 or len(before) > 15:
        return LogPlace()
    return LogPlace(int(part), int(before))


def _typed(place: LogPlace) -> dict[str, str]:
    return {"part": str(place.file), "before": str(place.before)}
