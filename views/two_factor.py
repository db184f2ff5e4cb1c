"""A person's own second factor: begun, confirmed by a code, removed."""

import io

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.forms import Draft
from models.forms.people import CodeForm, ProofForm
from models.late import late
from models.people import User
from models.people.second_factors import RecoveryCode, SecondFactor
from models.people.throttles import Throttle
from views.second_factor import WRONG, subject_of
from views.web import trail
from views.web.endpoint import person
from views.web.limits import A_PASSWORD
from views.web.marks import writes
from views.web.proof import prove
from views.web.render import go, render

ON_ALREADY = "The second factor is on already."
NOT_BEGUN = "There is no second factor yet."
OFF = "The second factor is off. Other browsers were signed out."


def show(request: Request) -> Response:
    return _page(request, ProofForm.blank())


@writes("viewer", limit=A_PASSWORD, event="second-factor-begun")
async def create(request: Request) -> Response:
    """Answers with a page, not a redirect: the secret is in this answer and nowhere else."""
    user = person(request)
    if SecondFactor.is_on(user):
        raise HTTPException(409, ON_ALREADY)
    draft = ProofForm.read(request.state.fields)
    await prove(request, draft)
    if not draft.is_good:
        return _page(request, draft, status=422)
    if SecondFactor.is_on(user):
        raise HTTPException(409, ON_ALREADY)
    with trail.telling(request):
        factor = SecondFactor.begin(user, now())
    return _code_page(request, CodeForm.blank(), 201, factor)


@writes("viewer", limit=A_PASSWORD, event="second-factor-on")
def update(request: Request) -> Response:
    """Turns the second factor on, once a code shows that the authenticator has the secret."""
    user, factor = person(request), SecondFactor.of(person(request))
    if factor is None or factor.confirmed_at is not None:
        raise HTTPException(409, ON_ALREADY if factor else NOT_BEGUN)
    draft = CodeForm.read(request.state.fields)
    if draft.is_good and not _fits(factor, user, draft.form.code):
        draft.refuse("code", WRONG)
    if not draft.is_good:
        return _code_page(request, draft, 422)
    codes = factor.confirm(now(), request.state.visitor.session)
    request.state.visitor.renew()
    return _codes_page(request, codes)


@writes("viewer", limit=A_PASSWORD, event="second-factor-off")
async def destroy(request: Request) -> Response:
    draft = ProofForm.read(request.state.fields)
    await prove(request, draft)
    if not draft.is_good:
        return _page(request, draft, status=422)
    factor = SecondFactor.of(person(request))
    if factor is None:
        raise HTTPException(409, NOT_BEGUN)
    with trail.telling(request):
        factor.remove(request.state.visitor.session)
        request.state.visitor.renew()
    return go(request, "/two-factor", OFF)


@writes("viewer", limit=A_PASSWORD, event="recovery-codes-renewed")
async def renew(request: Request) -> Response:
    """Replaces the recovery codes."""
    if not SecondFactor.is_on(person(request)):
        raise HTTPException(409, NOT_BEGUN)
    draft = ProofForm.read(request.state.fields)
    await prove(request, draft)
    if not draft.is_good:
        return _page(request, draft, status=422)
    with trail.telling(request):
        codes = RecoveryCode.renew(person(request))
    return _codes_page(request, codes)


def _fits(factor: SecondFactor, user: User, code: str) -> bool:
    subject = [subject_of(user)]
    if not Throttle.admit(subject, now()):
        return False
    fits = factor.takes(code, now())
    if fits:
        Throttle.forget(subject)
    return fits


def _page(request: Request, draft: Draft[ProofForm], status: int = 200) -> Response:
    user = person(request)
    factor = SecondFactor.of(user)
    is_on = factor is not None and factor.confirmed_at is not None
    return render(
        request,
        "two_factor/show.html",
        status=status,
        form=draft,
        since=factor.confirmed_at if factor and is_on else None,
        left=RecoveryCode.left(user),
    )


def _code_page(
    request: Request, draft: Draft[CodeForm], status: int, factor: SecondFactor | None = None
) -> Response:
    """The page that asks for a code; it shows the secret only where `factor` was just made."""
    picture = _picture(factor.address) if factor else None
    return render(
        request,
        "two_factor/confirm.html",
        status=status,
        form=draft,
        factor=factor,
        picture=picture,
    )


def _codes_page(request: Request, codes: list[str]) -> Response:
    return render(request, "two_factor/codes.html", status=201, codes=codes)


def _picture(address: str) -> Markup:
    """The QR code as SVG without styles, as the page's policy demands."""
    drawn = io.BytesIO()
    late("segno").make(address, error="m").save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgns=False,
        scale=5,
        border=4,
        dark="#000",
        light="#fff",
        omitsize=True,
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704  # nosec B704 # segno drew it
