"""Views of the history that a person keeps for later."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.forms.history import NAMES, SavedViewForm, query_of
from models.searches.saved_views import LONGEST, MOST, SavedView
from views import searches
from views.web.endpoint import found, person
from views.web.marks import CHEAP, OWN_VIEWS, writes
from views.web.render import go

NOTHING_TO_KEEP = "Choose a filter first."
TOO_LONG = "These filters are too long to keep."
TOO_MANY = f"You have {MOST} views: remove one first."


@writes("viewer", limit=CHEAP, event=OWN_VIEWS)
async def create(request: Request) -> Response:
    user = person(request)
    draft = SavedViewForm.read(request.state.fields)
    values = {name: str(draft.values[name])[:200] for name in NAMES}
    filters = query_of(values)
    if not filters:
        draft.refuse("name", NOTHING_TO_KEEP)
    elif len(filters) > LONGEST:
        draft.refuse("name", TOO_LONG)
    elif draft.is_good and not SavedView.has_room(user, draft.form.name):
        draft.refuse("name", TOO_MANY)
    if not draft.is_good:
        return await searches.page(request, values, draft)
    view = SavedView.keep(user, draft.form.name, filters, now())
    return go(request, f"/searches?{filters}", f"The view “{view.name}” is saved.")


@writes("viewer", limit=CHEAP, event=OWN_VIEWS)
def destroy(request: Request) -> Response:
    view = found(SavedView, request)
    if view.user_id != person(request).id:
        # Nobody learns which views others have.
        raise HTTPException(404)
    view.delete_instance()
    return go(request, "/searches", f"The view “{view.name}” is removed.")
