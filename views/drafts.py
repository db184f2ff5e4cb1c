"""The preview of an unsaved queue: what its next run would search, and its plan."""

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

# How many items of the next run the preview names.
SHOWN = 5
# Stands in for the name that is not typed yet; the plan does not depend on it.
NAME = "This queue"


class Sketch(NamedTuple):
    """What the preview shows.

    `errors`: the sentences, by field. `unread`: instances whose wanted lists are not read yet.
    `outlook`: None where there are errors or unread lists.
    """

    errors: dict[str, str]
    outlook: Outlook | None = None
    picks: Sequence[Pick] = ()
    unread: Sequence[Instance] = ()


@writes("member", limit=A_BACKLOG, event=CHANGES_NOTHING)
async def create(request: Request) -> Response:
    """Saves nothing. htmx gets the plan alone, a plain form the typed-in form with the plan."""
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
