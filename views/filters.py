"""The names that a queue's form filters by: what was picked becomes chips, and nothing is saved."""

from starlette.requests import Request
from starlette.responses import Response

from models.files.declared import with_declared
from models.forms.queues import QueueForm
from models.instances import Instance
from models.queues.choices import Choices
from views.queues import form_page, refuse_others
from views.schedules import named_queue
from views.web.endpoint import person
from views.web.limits import A_BACKLOG
from views.web.marks import CHANGES_NOTHING, writes
from views.web.render import render, wants_fragment


@writes("member", limit=A_BACKLOG, event=CHANGES_NOTHING)
def create(request: Request) -> Response:
    """htmx gets the filters alone, a plain form the whole form; neither says what is wrong yet."""
    queue = named_queue(request)
    if queue:
        refuse_others(queue, person(request))
    draft = QueueForm.read(with_declared(request.state.fields, queue, QueueForm))
    draft.errors = {}
    if not wants_fragment(request):
        return form_page(request, draft, queue)
    choices = Choices.of(Instance.select(), draft.values)
    return render(request, "queues/picks.html", form=draft, choices=choices, queue=queue)
