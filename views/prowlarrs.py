"""Prowlarrs, and what is left of the limits of their indexers."""

from contextlib import suppress

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from jobs import prowlarrs
from jobs.arr import Fault, ProwlarrTarget, Status
from jobs.checks import field_of
from models.database import database
from models.database.fields import now
from models.files.declared import file_of, refuse_declared, told_of, with_declared
from models.forms import Draft
from models.forms.prowlarrs import ProwlarrForm
from models.instances.proxies import Credentials
from models.people.names import key_of
from models.prowlarrs import Prowlarr
from models.prowlarrs.league import League
from models.prowlarrs.meters import Meters
from models.prowlarrs.twins import SAME, twin_of
from models.wishes import Wish
from views.instances import KEY_FIRST, refuse_lacking
from views.web import trail
from views.web.declared import must_not_be_declared
from views.web.endpoint import clock, found, query
from views.web.limits import A_PASSWORD, AN_INSTANCE
from views.web.marks import CHANGES_NOTHING, reads, writes
from views.web.render import go, render, wants_fragment
from views.web.tested import forget_tested, keep_tested, with_tested

NAME_TAKEN = "Another Prowlarr has this name."
KEY_NEEDED = "Type the API key: Prowlarr shows it under Settings, General."


async def index(request: Request) -> Response:
    """All Prowlarrs with their indexers, and the indexers that none of them knows."""
    league = await database.aside(League.at, now())
    meters = Meters(now())
    files = {each.id: file_of(each) for each in meters.prowlarrs.values()}
    return render(request, "prowlarrs/index.html", meters=meters, league=league, files=files)


@reads("admin")
def new(request: Request) -> Response:
    return _form(request, ProwlarrForm.blank(name="Prowlarr", verify_tls=True))


@writes("admin", limit=AN_INSTANCE, event="prowlarr-added", keeps_typed=True)
async def create(request: Request) -> Response:
    draft = ProwlarrForm.read(with_tested(request, None))
    _refuse(draft, None)
    await _test(request, draft, None)
    with suppress(trail.Unfit), trail.telling(request):
        _refuse(draft, None)
        trail.must_fit(draft)
        row = Prowlarr.create(created_at=now(), **draft.form.columns_for())
        Wish.ask("prowlarr", row.id, clock(request).now())
    if not draft.is_good:
        return _form(request, draft, status=422)
    forget_tested(request)
    return go(request, "/prowlarrs", f"“{row.name}” is connected, and is being read.")


@reads("admin")
def edit(request: Request) -> Response:
    row = _real(request)
    return _form(request, ProwlarrForm.blank(**ProwlarrForm.typed(row)), row)


@writes("admin", limit=AN_INSTANCE, event="prowlarr-changed", keeps_typed=True)
async def update(request: Request) -> Response:
    row = _real(request)
    draft = ProwlarrForm.read(with_declared(with_tested(request, row), row, ProwlarrForm))
    refuse_declared(draft, row)
    _refuse(draft, row)
    await _test(request, draft, row)
    with suppress(trail.Unfit), trail.telling(request):
        # Somebody else may have changed it during the test.
        row = found(Prowlarr, request)
        _refuse(draft, row)
        trail.must_fit(draft)
        row.change(**draft.form.columns_for(row))
        trail.tell(request, f"{row.name}{', with another key' if draft.form.api_key else ''}")
        Wish.ask("prowlarr", row.id, clock(request).now())
    if not draft.is_good:
        return _form(request, draft, row, status=422)
    forget_tested(request)
    return go(request, "/prowlarrs", f"“{row.name}” is saved.")


@reads("admin")
def ask(request: Request) -> Response:
    row = _real(request)
    must_not_be_declared(row)
    question, title = "prowlarrs/delete.html", f"Remove {row.name}"
    return render(request, "questions/show.html", question=question, title=title, prowlarr=row)


@writes("admin", limit=A_PASSWORD, event="prowlarr-removed")
def destroy(request: Request) -> Response:
    row = _real(request)
    must_not_be_declared(row)
    trail.tell(request, row.name)
    row.delete_instance()
    return go(request, "/prowlarrs", f"“{row.name}” is removed here. Nothing changes in it.")


@writes("admin", limit=AN_INSTANCE, event=CHANGES_NOTHING)
async def check(request: Request) -> Response:
    """Tests the typed-in connection; `?prowlarr=` names the saved one whose form it is."""
    number = query(request, "prowlarr")
    is_id = number.isdecimal() and number.isascii() and len(number) < 19
    row = Prowlarr.get_or_none(id=int(number)) if is_id else None
    if (number and row is None) or (row is not None and row.demo):
        raise HTTPException(404)
    fields = with_declared(with_tested(request, row), row, ProwlarrForm)
    draft = ProwlarrForm.read(fields)
    _refuse(draft, row)
    answer = await _test(request, draft, row)
    status = 200 if draft.is_good else 422
    is_kept = "api_key" not in draft.errors and keep_tested(request, row, fields)
    if wants_fragment(request):
        return render(
            request, "instances/check.html", status=status, checked=answer, errors=draft.errors
        )
    return _form(request, draft, row, status, checked=answer, is_kept=is_kept)


@writes("member", limit=AN_INSTANCE, event=CHANGES_NOTHING)
def read(request: Request) -> Response:
    """Reads a saved Prowlarr now."""
    row = found(Prowlarr, request)
    if row.lacks_key:
        return go(request, "/prowlarrs", KEY_FIRST, kind="error")
    Wish.ask("prowlarr", row.id, clock(request).now())
    return go(request, "/prowlarrs", f"“{row.name}” is being read.")


def _real(request: Request) -> Prowlarr:
    row = found(Prowlarr, request)
    if row.demo:
        raise HTTPException(403, "The demo library can only be added and removed as a whole.")
    return row


def _refuse(draft: Draft[ProwlarrForm], row: Prowlarr | None) -> None:
    """Refuses a name or server that is there already, and a key that would go elsewhere."""
    refuse_lacking(draft, row, KEY_NEEDED)
    if not draft.is_good:
        return
    form = draft.form
    other = Prowlarr.get_or_none(Prowlarr.key == key_of(form.name))
    if other is not None and other != row:
        draft.refuse("name", NAME_TAKEN)
    if twin := twin_of(form.url, form.api_key, row):
        draft.refuse("url", SAME.format(name=twin.name))


async def _test(
    request: Request, draft: Draft[ProwlarrForm], row: Prowlarr | None
) -> Status | None:
    """Refuses a connection that does not work; returns what answered."""
    if not draft.is_good:
        return None
    form = draft.form
    key, kept, known = form.api_key, Credentials(), False
    if row is not None:
        key, kept = key or row.api_key.reveal(), Credentials.of(row)
        known = row.version is not None and not form.names_another(row)
    proxy = form.credentials(kept).sent
    target = ProwlarrTarget(
        "prowlarr", form.url, key, form.verify_tls, form.http2, proxy, form.name, known
    )
    answer = await prowlarrs.check(request.app.state.door, target)
    if isinstance(answer, Fault):
        draft.refuse(field_of(answer), answer.sentence)
        return None
    return answer


def _form(
    request: Request,
    draft: Draft[ProwlarrForm],
    row: Prowlarr | None = None,
    status: int = 200,
    *,
    checked: Status | None = None,
    is_kept: bool = False,
) -> Response:
    draft.fixed = told_of(row)
    template = "prowlarrs/edit.html" if row else "prowlarrs/new.html"
    return render(
        request,
        template,
        status=status,
        form=draft,
        prowlarr=row,
        file=file_of(row),
        checked=checked,
        is_kept=is_kept,
    )
