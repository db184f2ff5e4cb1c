"""Settings for all instances: the overall budget, the cooldowns, the time zone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from models.budgets.hints import hints
from models.database import database
from models.forms import Draft, Fields, Unsent
from models.forms.people import zones
from models.forms.settings import HouseForm
from models.household import Household
from models.household.fixed import fixed
from models.logs import levels
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
    draft = HouseForm.read(_with_fixed(request.state.fields))
    for name, value in request.state.fields:
        if name in fixed() and value != str(fixed()[name].value):
            draft.refuse(name, f"{fixed()[name].sentence} Nothing was saved.")
    if not draft.is_good:
        return _form(request, draft, status=422)
    chosen = {name: each for name, each in draft.form.columns.items() if name not in fixed()}
    keep(chosen, clock(request).now())
    return go(request, "/settings", SAVED)


def keep(chosen: Mapping[str, Any], at: datetime) -> None:
    """Writes these settings of the household, and sets going what follows from them."""
    Household.current().change(**chosen)
    database.notify("settings")
    Wish.ask("judge", 0, at)


def _with_fixed(fields: Fields) -> Fields:
    """The fields, of which those fixed from outside have the value that they have there."""
    sent = [pair for pair in fields if pair[0] not in fixed()]
    filled: Fields = [*sent, *((name, str(each.value)) for name, each in fixed().items())]
    return Unsent(filled) if isinstance(fields, Unsent) else filled


def _form(request: Request, draft: Draft[HouseForm], status: int = 200) -> Response:
    draft.fixed = {name: each.sentence for name, each in fixed().items()}
    return render(
        request,
        "settings/show.html",
        status=status,
        form=draft,
        zones=zones(),
        hints=hints(Household.current()),
        levels=levels(),
    )
