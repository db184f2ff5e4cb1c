"""How pages look to the person: the theme, and the mask for screenshots."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.forms.people import ThemeForm
from views.web.endpoint import back_to, person
from views.web.marks import CHEAP, Without, writes
from views.web.render import go

LOOKS_ONLY = Without("It changes only how pages look to this person.")


@writes("viewer", limit=CHEAP, event=LOOKS_ONLY)
def update_theme(request: Request) -> Response:
    draft = ThemeForm.read(request.state.fields)
    if not draft.is_good:
        raise HTTPException(422)
    person(request).change(**draft.form.columns)
    return go(request, back_to(request))


@writes("viewer", limit=CHEAP, event=LOOKS_ONLY)
def mask(request: Request) -> Response:
    person(request).change(masked=True)
    return go(request, back_to(request))


@writes("viewer", limit=CHEAP, event=LOOKS_ONLY)
def unmask(request: Request) -> Response:
    person(request).change(masked=False)
    return go(request, back_to(request))
