"""The next runs of a schedule: of a saved queue, of the query string, or of a form."""

from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.forms.queues import QueueForm
from models.forms.schedules import ScheduleForm
from models.forms.timetables import Timetable
from models.queues import Queue
from views.queues import form_page, refuse_others
from views.web.endpoint import person, query
from views.web.limits import A_BACKLOG
from views.web.marks import CHANGES_NOTHING, writes
from views.web.render import render, wants_fragment


def show(request: Request) -> Response:
    """Shows the named queue's schedule, otherwise the one that the query string describes."""
    queue, zone = named_queue(request), ZoneInfo(person(request).time_zone)
    if queue:
        timetable = Timetable.of(queue.schedule, queue, zone, now())
    else:
        usual = ScheduleForm.blank(time_zone=zone.key).values
        params = request.query_params
        asked = {
            name: params.getlist(name) if isinstance(value, list) else params[name]
            for name, value in usual.items()
            if name in params
        }
        timetable = Timetable.typed(usual | asked, None, zone, now())
    return render(request, "schedules/show.html", queue=queue, timetable=timetable)


@writes("member", limit=A_BACKLOG, event=CHANGES_NOTHING)
def create(request: Request) -> Response:
    """Shows the typed-in schedule. htmx gets it alone, a plain form the whole page."""
    queue = named_queue(request)
    if queue:
        refuse_others(queue, person(request))
    draft = QueueForm.read(request.state.fields)
    timetable = Timetable.typed(draft.values, queue, ZoneInfo(person(request).time_zone), now())
    if wants_fragment(request):
        return render(request, "schedules/timetable.html", timetable=timetable)
    draft.errors = timetable.errors
    return form_page(request, draft, queue, status=422 if draft.errors else 200)


def named_queue(request: Request) -> Queue | None:
    """The saved queue that `?queue=` names, or None; 404 if there is no such queue."""
    number = query(request, "queue")
    if not number:
        return None
    is_id = number.isdecimal() and number.isascii() and len(number) < 19
    queue = Queue.get_or_none(id=int(number)) if is_id else None
    if queue is None:
        raise HTTPException(404)
    return queue
