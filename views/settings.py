"""Settings for all instances: the overall budget, the cooldowns, the time zone."""

from starlette.requests import Request
from starlette.responses import Response

from models.budgets.hints import hints
from models.forms import Draft
from models.forms.people import zones
from models.forms.settings import HouseForm
from models.household import Household
from models.wishes import Wish
from views.web.endpoint import clock
from views.web.marks import CHEAP, reads, writes
from views.web.render import go, render

SAVED = "The settings are saved. A new cooldown applies from an item's next search."


@reads("admin")
def show(request: Request) -> Response:
    return _form(request, HouseForm.blank(**HouseForm.typed(Household.current())))


@writes("admin", limit=CHEAP, event="settings-changed", keeps_typed=True)
def update(request: Request) -> Response:
    draft = HouseForm.read(request.state.fields)
    if not draft.is_good:
        return _form(request, draft, status=422)
    Household.current().change(**draft.form.columns)
    Wish.ask("judge", 0, clock(request).now())
    return go(request, "/settings", SAVED)


def _form(request: Request, draft: Draft[HouseForm], status: int = 200) -> Response:
    return render(
        request,
        "settings/show.html",
        status=status,
        form=draft,
        zones=zones(),
        hints=hints(Household.current()),
    )
