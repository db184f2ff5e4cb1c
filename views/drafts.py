"""What an unsaved queue leads to: its plan, its next runs, and what a run would begin with."""

from collections.abc import Sequence
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from models.batches import Batch, Pick
from models.database.fields import now
from models.files.declared import with_declared
from models.forms import Draft
from models.forms.queues import QueueForm
from models.forms.schedules import ScheduleForm
from models.forms.timetables import Timetable
from models.instances import Instance
from models.plan import Outlook, plan_of, unread
from models.queues import Queue
from views.pictures.rounds import RoundLines
from views.queues import check_instances, form_page, refuse_others
from views.schedules import named_queue
from views.web.endpoint import person
from views.web.limits import A_BACKLOG
from views.web.marks import CHANGES_NOTHING, writes
from views.web.render import render, wants_fragment

# Stands in for the name that is not typed yet; the plan does not depend on it.
NAME = "This queue"


class Prospect(NamedTuple):
    """What the queue in the form leads to.

    `errors` are sentences by field, but for those of the schedule, which its timetable says.
    `unread` are instances whose wanted lists are not read yet.
    `outlook` is None where there are errors or unread lists.
    `lanes` holds the line of its round, by the key 0.
    """

    errors: dict[str, str]
    outlook: Outlook | None = None
    picks: Sequence[Pick] = ()
    unread: Sequence[Instance] = ()
    is_dry: bool = False
    lanes: RoundLines | None = None


@writes("member", limit=A_BACKLOG, event=CHANGES_NOTHING)
async def create(request: Request) -> Response:
    """Saves nothing, and needs no name. htmx gets the answer alone, a plain form all of it."""
    queue = named_queue(request)
    if queue:
        refuse_others(queue, person(request))
    fields = with_declared(request.state.fields, queue, QueueForm)
    typed = QueueForm.read(fields)
    nameless = [pair for pair in fields if pair[0] != "name"]
    draft = QueueForm.read([*nameless, ("name", NAME)])
    if draft.is_good:
        check_instances(draft)
    answer = await _answer(request, draft, queue)
    if wants_fragment(request):
        zone = person(request).zone
        timetable = Timetable.typed(draft.values, queue, zone, now())
        return render(request, "queues/answer.html", answer=answer, timetable=timetable)
    typed.errors = draft.errors
    status = 422 if typed.errors else 200
    return form_page(request, typed, queue, status=status, answer=answer)


async def _answer(request: Request, draft: Draft[QueueForm], queue: Queue | None) -> Prospect:
    instances = list(Instance.by_name())
    if not draft.is_good:
        errors = draft.errors.items()
        return Prospect(
            {name: said for name, said in errors if name not in ScheduleForm.model_fields}
        )
    known = queue.__data__ if queue else {"created_at": now()}
    row = Queue(**known | draft.form.columns)
    chosen = [each for each in instances if each.id in draft.form.instances]
    if missing := unread(chosen):
        return Prospect({}, unread=missing)
    outlook = await plan_of(row, chosen, request.app.state.rounds, now())
    picks = await Batch(row, now(), served=chosen).chosen()
    lanes = RoundLines.of({0: outlook}, now(), person(request).zone)
    return Prospect({}, outlook, picks, is_dry=row.is_dry, lanes=lanes)
