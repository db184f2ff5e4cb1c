"""Targets of notifications, for administrators."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from jobs.net import Fault
from jobs.notifications import delivery
from models.database.fields import now
from models.files.declared import file_of, refuse_declared, told_of, with_declared
from models.forms import Draft
from models.forms.targets import FORMS, HOURS, KIND_STAYS, TargetForm, missing_secrets
from models.forms.typed_secrets import ConnectionFields
from models.instances import Instance
from models.notifications import NoticeTarget
from models.notifications.cards import TargetCard
from models.notifications.events import EVENTS
from models.notifications.kinds import KINDS
from models.people.names import key_of
from views.web import trail
from views.web.choices import instance_options
from views.web.declared import must_not_be_declared
from views.web.endpoint import found, query
from views.web.limits import A_PASSWORD, AN_INSTANCE
from views.web.marks import CHANGES_NOTHING, reads, writes
from views.web.render import go, render, wants_fragment
from views.web.tested import forget_tested, keep_tested, with_tested

NAME_TAKEN = "Another target has this name."
TESTED = "A test message was sent. Has it arrived?"
SECRETS_FIRST = "Type in its secrets first."
SHOWN_FOR = timedelta(days=7)


@reads("admin")
def index(request: Request) -> Response:
    names = {row.id: row.name for row in Instance.select(Instance.id, Instance.name)}
    cards = TargetCard.all(names, now() - SHOWN_FOR)
    return render(
        request,
        "notifications/index.html",
        cards=cards,
        kinds=KINDS.values(),
        files={each.target.id: file_of(each.target) for each in cards},
        missing={each.target.id: missing_secrets(each.target) for each in cards},
    )


@reads("admin")
def new(request: Request) -> Response:
    """The form of the kind that `?kind=` names; without it, the kinds to choose from."""
    kind = query(request, "kind")
    if kind not in KINDS:
        return render(request, "notifications/kinds.html", kinds=KINDS.values())
    form = FORMS[kind]
    return _form(request, form.blank(**form.first_values(kind)), None, kind)


@writes("admin", limit=AN_INSTANCE, event="target-added", keeps_typed=True)
def create(request: Request) -> Response:
    kind = _kind_typed(request)
    draft = FORMS[kind].read(with_tested(request, None, _names(kind)))
    _refuse(draft, None)
    if not draft.is_good:
        return _form(request, draft, None, kind, status=422)
    row = NoticeTarget.create(created_at=now(), **draft.form.columns({}, now(), None))
    forget_tested(request)
    return go(request, "/notifications", f"“{row.name}” is told from now on.")


@reads("admin")
def edit(request: Request) -> Response:
    row = found(NoticeTarget, request)
    form = FORMS[row.kind]
    return _form(request, form.blank(**form.typed(row)), row, row.kind)


@writes("admin", limit=AN_INSTANCE, event="target-changed", keeps_typed=True)
def update(request: Request) -> Response:
    row = found(NoticeTarget, request)
    form = FORMS[row.kind]
    draft = form.read(with_declared(with_tested(request, row, _names(row.kind)), row, form))
    refuse_declared(draft, row)
    _refuse(draft, row)
    if not draft.is_good:
        return _form(request, draft, row, row.kind, status=422)
    row.change(**draft.form.columns(row.fields, now(), row.disabled_at))
    trail.tell(request, row.name)
    forget_tested(request)
    return go(request, "/notifications", f"“{row.name}” is saved.")


@reads("admin")
def ask(request: Request) -> Response:
    row = found(NoticeTarget, request)
    must_not_be_declared(row)
    question, title = "notifications/delete.html", f"Remove {row.name}"
    return render(request, "questions/show.html", question=question, title=title, target=row)


@writes("admin", limit=A_PASSWORD, event="target-removed")
def destroy(request: Request) -> Response:
    row = found(NoticeTarget, request)
    must_not_be_declared(row)
    row.delete_instance()
    return go(request, "/notifications", f"“{row.name}” is removed, and told nothing any more.")


@writes("admin", limit=AN_INSTANCE, event=CHANGES_NOTHING)
async def check(request: Request) -> Response:
    """Sends a test message as typed; `?target=` names the saved one whose form it is."""
    row = _named(request)
    kind = row.kind if row else _kind_typed(request)
    fields = with_declared(with_tested(request, row, _names(kind)), row, FORMS[kind])
    draft = FORMS[kind].read(fields)
    _refuse(draft, row)
    if draft.is_good:
        settings = draft.form.settings_with(row.fields if row else {})
        fault = await _test(request, kind, draft.form.name, settings)
        if fault:
            draft.refuse("", fault.sentence)
    status = 200 if draft.is_good else 422
    is_kept = keep_tested(request, row, fields, _names(kind))
    if wants_fragment(request):
        said = None if draft.errors else TESTED
        return render(
            request, "notifications/check.html", status=status, said=said, errors=draft.errors
        )
    said = TESTED if draft.is_good else None
    return _form(request, draft, row, kind, status=status, said=said, is_kept=is_kept)


@writes("admin", limit=AN_INSTANCE, event=CHANGES_NOTHING)
async def check_saved(request: Request) -> Response:
    """Sends a test message to a saved target, which is well again if it gets through."""
    row = found(NoticeTarget, request)
    if missing_secrets(row):
        return go(request, "/notifications", SECRETS_FIRST, kind="error")
    fault = await _test(request, row.kind, row.name, row.fields)
    if fault:
        return go(request, "/notifications", fault.sentence, kind="error")
    with suppress(NoticeTarget.DoesNotExist):
        found_again = NoticeTarget.get_by_id(row.id)
        found_again.revive(now())
    return go(request, "/notifications", TESTED)


async def _test(request: Request, kind: str, name: str, settings: dict[str, Any]) -> Fault | None:
    return await delivery.check(request.app.state.door, kind, name, settings, now())


def _named(request: Request) -> NoticeTarget | None:
    number = query(request, "target")
    if not number:
        return None
    is_id = number.isdecimal() and number.isascii() and len(number) < 10
    row = NoticeTarget.get_or_none(id=int(number)) if is_id else None
    if row is None:
        raise HTTPException(404)
    return row


def _kind_typed(request: Request) -> str:
    kind = dict(request.state.fields).get("kind", "")
    if kind not in KINDS:
        raise HTTPException(422, "Choose a kind of target first.")
    return kind


def _refuse(draft: Draft[TargetForm], row: NoticeTarget | None) -> None:
    """Refuses a name that is there already, and a secret that is missing or would go elsewhere."""
    if not draft.is_good:
        return
    form = draft.form
    if form.kind not in KINDS or (row is not None and form.kind != row.kind):
        draft.refuse("", KIND_STAYS)
        return
    other = NoticeTarget.get_or_none(NoticeTarget.key == key_of(form.name))
    if other is not None and other != row:
        draft.refuse("name", NAME_TAKEN)
    known = {instance.id for instance in Instance.select(Instance.id)}
    if not set(form.instances) <= known.union(row.chosen if row else ()):
        draft.refuse("instances", "One of these instances is not there any more.")
    for name, sentence in form.lacking(row.fields if row else {}):
        draft.refuse(name, sentence)


def _deleted(row: NoticeTarget | None) -> list[int]:
    """Chosen instances that are gone; while one stays chosen, the target is not for all others."""
    chosen = row.chosen if row else []
    known = {instance.id for instance in Instance.select(Instance.id)}
    return [each for each in chosen if each not in known]


def _names(kind: str) -> ConnectionFields:
    fields = KINDS[kind].fields
    place = [each.name for each in fields if not each.is_secret]
    return ConnectionFields(KINDS[kind].secrets, ["kind", *place])


def _form(
    request: Request,
    draft: Draft[Any],
    row: NoticeTarget | None,
    kind: str,
    status: int = 200,
    *,
    said: str | None = None,
    is_kept: bool = False,
) -> Response:
    stored = row.fields if row else {}
    draft.fixed = told_of(row)
    return render(
        request,
        "notifications/edit.html" if row else "notifications/new.html",
        status=status,
        form=draft,
        target=row,
        file=file_of(row),
        kind=KINDS[kind],
        events=EVENTS.values(),
        instances=[
            *instance_options(Instance.by_name()),
            *((each, "A deleted instance", "") for each in _deleted(row)),
        ],
        hours=[(hour, f"{int(hour):02}:00") for hour in HOURS],
        said=said,
        kept={name for name in KINDS[kind].secrets if is_kept or stored.get(name)},
        removable={each.name for each in KINDS[kind].fields if each.optional and each.is_secret}
        & stored.keys(),
    )
