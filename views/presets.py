"""Another preset for the queue in the form: what the person typed stays, and nothing is saved."""

from starlette.requests import Request
from starlette.responses import Response

from models.forms.presets import switch
from models.forms.queues import QueueForm
from models.queues.strategies import preset_of
from views.queues import form_page
from views.web.endpoint import query
from views.web.marks import CHANGES_NOTHING, CHEAP, writes


@writes("member", limit=CHEAP, event=CHANGES_NOTHING)
def create(request: Request) -> Response:
    """The address names the chosen preset, the form the one before. It says no faults yet."""
    draft = QueueForm.read(request.state.fields)
    draft.errors = {}
    switch(draft, preset_of(draft.values["strategy"]), preset_of(query(request, "strategy")))
    return form_page(request, draft)
