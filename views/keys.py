"""API keys: each person's own, and for administrators those of everybody."""

from contextlib import suppress

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.forms import Draft
from models.forms.keys import KeyForm
from models.people import User
from models.people.keys import MOST, SCOPES, ApiKey
from views.web import trail
from views.web.endpoint import found, person
from views.web.limits import A_PASSWORD
from views.web.marks import CHEAP, writes
from views.web.proof import prove
from views.web.render import go, render

NAME_TAKEN = "You have a key of this name: revoke it first, or choose another name."
TOO_MANY = f"You have {MOST} keys: revoke one first."
ONLY_READS = "Your role only reads, so a key of yours cannot change anything."


def index(request: Request) -> Response:
    return _listed(request, KeyForm.blank(scope="read"))


@writes("viewer", limit=A_PASSWORD, event="key-made")
async def create(request: Request) -> Response:
    """Answers with a page, not a redirect: the key is in this answer and nowhere else."""
    draft, user = KeyForm.read(request.state.fields), person(request)
    await prove(request, draft)
    with suppress(trail.Unfit), trail.telling(request):
        _check(draft, user)
        trail.must_fit(draft)
        row, key = ApiKey.make(user, draft.form.name, draft.form.scope, now())
    if not draft.is_good:
        return _listed(request, draft, status=422)
    return render(request, "keys/made.html", status=201, row=row, key=key)


@writes("viewer", limit=CHEAP, event="key-revoked")
def destroy(request: Request) -> Response:
    row = found(ApiKey, request)
    if not row.may_be_revoked_by(person(request)):
        # Nobody learns which keys others have.
        raise HTTPException(404)
    row.revoke(now())
    return go(request, "/keys", f"The key “{row.name}” opens nothing any more.")


def _check(draft: Draft[KeyForm], user: User) -> None:
    """Refuses what only the database can judge."""
    if not draft.is_good:
        return
    names = {row.name for row in ApiKey.living(user)}
    if draft.form.name in names:
        draft.refuse("name", NAME_TAKEN)
    elif len(names) >= MOST:
        draft.refuse("name", TOO_MANY)
    if draft.form.scope == "write" and not user.may_change:
        draft.refuse("scope", ONLY_READS)


def _listed(request: Request, draft: Draft[KeyForm], status: int = 200) -> Response:
    user = person(request)
    keys = list(ApiKey.listed() if user.is_admin else ApiKey.listed().where(ApiKey.user == user))
    scopes = [each for each in SCOPES.items() if each[0] != "write" or user.may_change]
    return render(
        request,
        "keys/index.html",
        status=status,
        mine=[key for key in keys if key.user_id == user.id],
        others=[key for key in keys if key.user_id != user.id],
        scopes=scopes,
        form=draft,
    )
