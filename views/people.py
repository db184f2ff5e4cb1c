"""The people who sign in here, as administrators see them."""

from contextlib import suppress

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.forms import Draft
from models.forms.people import DeletionForm, InvitationForm, ProofForm, RoleForm
from models.people import User, administration
from models.people.administration import LastAdministrator
from models.people.invitations import Invitation
from models.people.sessions import Session
from models.queues import Queue
from views.web import trail
from views.web.endpoint import found, person
from views.web.limits import A_PASSWORD
from views.web.marks import reads, writes
from views.web.proof import prove
from views.web.render import go, render

LAST = "This is the only administrator who can sign in; make another person administrator first."
YOURSELF = "Only another administrator can do this to your account."
NO_HEIR = "Choose an administrator who can sign in."


@reads("admin")
def index(request: Request) -> Response:
    return listed(request, InvitationForm.blank(role="member"))


@reads("admin")
def show(request: Request) -> Response:
    return page_of(request, found(User, request))


@writes("admin", limit=A_PASSWORD, event="person-changed")
async def update(request: Request) -> Response:
    """Changes the role; to or from administrator it needs the asking person's own password."""
    user, visitor = found(User, request), request.state.visitor
    oneself = user == person(request)
    draft = RoleForm.read(request.state.fields)
    if draft.is_good and draft.form.role != user.role and "admin" in (draft.form.role, user.role):
        await prove(request, draft)
    if draft.is_good:
        try:
            with trail.telling(request):
                kept = visitor.session if oneself else None
                administration.change_role(user, draft.form.role, kept)
        except LastAdministrator:
            draft.refuse("role", LAST)
    if not draft.is_good:
        return page_of(request, user, role=draft, status=422)
    if oneself:
        visitor.renew()
    address = "/people" if user.is_admin or not oneself else "/"
    return go(request, address, f"{user.name} is {with_article(user.role)} now.")


@writes("admin", limit=A_PASSWORD, event="person-deleted")
async def destroy(request: Request) -> Response:
    user = found(User, request)
    refuse_yourself(request, user)
    draft = DeletionForm.read(request.state.fields)
    await prove(request, draft)
    with suppress(trail.Unfit), trail.telling(request):
        heirs = {each.id: each for each in User.administrators() if each != user}
        if draft.is_good and draft.form.heir not in heirs:
            draft.refuse("heir", NO_HEIR)
        trail.must_fit(draft)
        heir = heirs[draft.form.heir]
        administration.delete(user, heir)
    if not draft.is_good:
        return _question(request, user, draft, status=422)
    owner = "you" if heir == person(request) else heir.name
    return go(
        request, "/people", f"{user.name} is deleted. What was theirs belongs to {owner} now."
    )


@reads("admin")
def ask(request: Request) -> Response:
    """The question before a person is deleted; of oneself it is not asked."""
    user = found(User, request)
    return _question(request, user, DeletionForm.blank(heir=person(request).id))


def refuse_yourself(request: Request, user: User) -> None:
    if user == person(request):
        raise HTTPException(403, YOURSELF)


def with_article(role: str) -> str:
    return {"admin": "an administrator"}.get(role, f"a {role}")


def listed(request: Request, draft: Draft[InvitationForm], status: int = 200) -> Response:
    """The page with everybody, the open invitations and the form for a new one."""
    return render(
        request,
        "people/index.html",
        status=status,
        people=list(User.by_name()),
        invitations=list(Invitation.open(now())),
        form=draft,
    )


def page_of(
    request: Request,
    user: User,
    *,
    role: Draft[RoleForm] | None = None,
    suspension: Draft[ProofForm] | None = None,
    status: int = 200,
) -> Response:
    return render(
        request,
        "people/show.html",
        status=status,
        person=user,
        queues=list(Queue.by_name().where(Queue.owner == user)),
        sessions=Session.living(user, now()).count(),
        heirs=_heirs(user),
        role_form=role or RoleForm.blank(**RoleForm.typed(user)),
        deletion=DeletionForm.blank(heir=person(request).id),
        suspension=suspension or ProofForm.blank(),
    )


def _heirs(user: User) -> list[User]:
    """Who may get what the person owns."""
    return [each for each in User.administrators() if each != user]


def _question(
    request: Request, user: User, draft: Draft[DeletionForm], status: int = 200
) -> Response:
    return render(
        request,
        "questions/show.html",
        status=status,
        question="people/delete.html",
        title=f"Delete {user.name}",
        person=user,
        queues=list(Queue.by_name().where(Queue.owner == user)),
        heirs=_heirs(user),
        deletion=draft,
        yourself=YOURSELF,
    )
