"""How the program is: its version, its parts, what it connects to and what it stands on."""

from starlette.requests import Request
from starlette.responses import Response

from jobs.standing import connections, parts
from models.database import database
from models.database.fields import now
from models.parts.backups import latest_backup
from models.parts.licences import licences
from views.web.render import render


def show(request: Request) -> Response:
    """The page is for everybody who is signed in; what to do is told to administrators alone."""
    state, at = request.app.state, now()
    return render(
        request,
        "system/show.html",
        parts=parts(state.options, state.work, at),
        up=(at - state.begun_at).total_seconds(),
        size=database.room().size,
        backup_at=latest_backup(state.options, at),
        connections=list(connections()),
        licences=licences(),
    )
