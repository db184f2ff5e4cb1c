"""A person's own name, time zone and theme."""

from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.forms import Draft
from models.forms.people import ProfileForm, zones
from models.people import User
from models.people.keys import ApiKey
from models.people.second_factors import SecondFactor
from models.people.sessions import Session
from views.web.endpoint import person
from views.web.marks import CHEAP, writes
from views.web.render import go, render

NAME_TAKEN = "Somebody else has this name already."
NOT_HERE = "You sign in elsewhere under this name, so it cannot be changed here."


def show(request: Request) -> Response:
    user = person(request)
    return _form(request, ProfileForm.blank(**ProfileForm.typed(user)))


@writes("viewer", limit=CHEAP, event="profile-changed", keeps_typed=True)
def update(request: Request) -> Response:
    user = person(request)
    draft = ProfileForm.read(request.state.fields)
    if draft.is_good:
        _check_name(draft, user, request.state.visitor.session)
    if not draft.is_good:
        return _form(request, draft, status=422)
    user.change(**draft.form.columns)
    return go(request, "/profile", "Your profile is saved.")


def _check_name(draft: Draft[ProfileForm], user: User, session: Session) -> None:
    other = User.named(draft.form.name)
    if other is not None and other != user:
        draft.refuse("name", NAME_TAKEN)
    elif draft.form.name != user.name and (session.by_proxy or not user.has_password):
        draft.refuse("name", NOT_HERE)


def _form(request: Request, draft: Draft[ProfileForm], status: int = 200) -> Response:
    return render(
        request,
        "profile/show.html",
        status=status,
        form=draft,
        zones=zones(),
        has_second_factor=SecondFactor.is_on(person(request)),
        sessions=Session.living(person(request), now()).count(),
        keys=ApiKey.living(person(request)).count(),
    )
