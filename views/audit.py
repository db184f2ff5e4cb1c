"""The audit trail, for administrators."""

from starlette.requests import Request
from starlette.responses import Response

from models.database import database
from models.people.audit import KINDS, names, read
from views.web.endpoint import page_number, query
from views.web.filtering import Typed, addresses
from views.web.limits import A_BACKLOG
from views.web.marks import reads
from views.web.render import render


@reads("admin", limit=A_BACKLOG)
async def index(request: Request) -> Response:
    values = {name: query(request, name) for name in ("kind", "name")}
    page = page_number(request)
    trail = await database.aside(read, values["kind"], values["name"], page)
    return render(
        request,
        "audit/index.html",
        form=Typed(values),
        trail=trail,
        page=page,
        filtered=any(values.values()),
        kinds=[("", "Any")] + [(kind, label) for kind, (label, _) in KINDS.items()],
        names=[("", "Anybody")] + [(name, name) for name in names()],
        address=addresses("/audit", values),
    )
