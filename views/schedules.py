"""The next runs of a schedule: of a saved queue, or of the query string."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.forms.schedules import ScheduleForm
from models.forms.timetables import Timetable
from models.queues import Queue
from views.web.endpoint import person, query
from views.web.render import render


def show(request: Request) -> Response:
    """Shows the named queue's schedule, otherwise the one that the query string describes."""
    queue, zone = named_queue(request), person(request).zone
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
