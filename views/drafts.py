"""A queue as it stands in its form: what its next run would search, and what it will come to."""

from collections.abc import Sequence
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from models.batches import Batch, Pick
from models.database.fields import now
from models.forms import Draft
from models.forms.queues import QueueForm
from models.instances import Instance
from models.plan import Outlook, plan_of, unread
from models.queues import Queue
from views.queues import check_instances, form_page, refuse_others
from views.schedules import named_queue
from views.web.endpoint import person
from views.web.limits import A_BACKLOG
from views.web.marks import CHANGES_NOTHING, writes
from views.web.render import render, wants_fragment

# Of the next run, so many are named.
SHOWN = 5
# Nothing of a plan depends on it.
NAME = "This queue"


class Sketch(NamedTuple):
    """`outlook` is None where something is wrong, and while lists are `unread`.

    `errors` are the sentences, by field.
    """

    errors: dict[str, str]
    outlook: Outlook | None = None
    picks: Sequence[Pick] = ()
    unread: Sequence[Instance] = ()


@writes("member", limit=A_BACKLOG, event=CHANGES_NOTHING)
async def create(request: Request) -> Response:
    """With htmx the plan alone, else the form with it, as it was typed. Nothing is saved."""
    queue = named_queue(request)
    if queue:
        refuse_others(queue, person(request))
    typed = QueueForm.read(request.state.fields)
    nameless = [pair for pair in request.state.fields if pair[0] != "name"]
    draft = QueueForm.read([*nameless, ("name", NAME)])
    if draft.is_good:
        check_instances(draft)
    sketch = await _sketch(request, draft, queue)
    if wants_fragment(request):
        return render(request, "plan/draft.html", sketch=sketch)
    typed.errors = draft.errors | typed.errors
    status = 422 if typed.errors else 200
    return form_page(request, typed, queue, status=status, sketch=sketch)


async def _sketch(request: Request, draft: Draft[QueueForm], queue: Queue | None) -> Sketch:
    instances = list(Instance.by_name())
    if not draft.is_good:
        return Sketch(draft.errors)
    known = queue.__data__ if queue else {"created_at": now()}
    row = Queue(**known | draft.form.columns)
    chosen = [each for each in instances if each.id in draft.form.instances]
    if missing := unread(chosen):
        return Sketch({}, unread=missing)
    outlook = await plan_of(row, chosen, request.app.state.rounds, now())
    picks = await Batch(row, now(), served=chosen).chosen()
    return Sketch({}, outlook, picks)
