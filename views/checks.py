"""Connection tests: of a connection typed in a form, and of a saved instance."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from jobs.arr import Fault, Status
from jobs.checks import check, check_saved, field_of, twin_of, typed_target
from models.files.declared import with_declared
from models.forms import Draft, Fields
from models.forms.instances import ConnectionForm, InstanceForm
from models.instances import Instance, twins
from models.instances.faults import let_try
from models.people.names import LONGEST_NAME
from views.instances import KEY_FIRST, form_page, moves, refuse_lacking
from views.web.endpoint import clock, found, query
from views.web.limits import AN_INSTANCE
from views.web.marks import CHANGES_NOTHING, writes
from views.web.render import go, render, wants_fragment
from views.web.tested import keep_tested, with_tested

ASKED = tuple(ConnectionForm.model_fields)


@writes("admin", limit=AN_INSTANCE, event=CHANGES_NOTHING)
async def create(request: Request) -> Response:
    """Tests the typed-in connection. htmx gets the answer alone, a plain form the whole page.

    `?instance=` names the saved instance that is edited; its stored values fill the empty fields.
    """
    instance = _named(request)
    fields = with_declared(with_tested(request, instance), instance, InstanceForm)
    draft = ConnectionForm.read((name, value) for name, value in fields if name in ASKED)
    refuse_lacking(draft, instance)
    answer = await _answer(request, draft, instance, _name(fields))
    status = 200 if draft.is_good else 422
    is_kept = "api_key" not in draft.errors and keep_tested(request, instance, fields)
    if wants_fragment(request):
        return render(
            request, "instances/check.html", status=status, checked=answer, errors=draft.errors
        )
    whole = InstanceForm.read(fields)
    whole.errors = draft.errors
    return form_page(request, whole, instance, status, checked=answer, is_kept=is_kept)


async def _answer(
    request: Request, draft: Draft[ConnectionForm], instance: Instance | None, name: str
) -> Status | None:
    """The status that the instance reports; None, with the errors in the draft, if it fails."""
    door = request.app.state.door
    if not draft.is_good:
        return None
    form = draft.form
    if moves(form, instance) and (twin := twins.at(form.url, instance)):
        draft.refuse("url", twins.sentence(twin))
        return None
    target = typed_target(form, instance, name)
    answer = await check(door, target)
    if isinstance(answer, Fault):
        draft.refuse(field_of(answer), answer.sentence)
        return None
    if moves(form, instance) and (twin := await twin_of(door, target, instance)):
        draft.refuse("url", twins.sentence(twin))
        return None
    return answer


@writes("member", limit=AN_INSTANCE, event=CHANGES_NOTHING)
async def create_saved(request: Request) -> Response:
    instance = found(Instance, request)
    address = f"/instances/{instance.id}"
    if instance.lacks_key:
        return go(request, address, KEY_FIRST, kind="error")
    fault = await check_saved(request.app.state.door, clock(request), instance)
    if fault:
        return go(request, address, fault.sentence, kind="error")
    let_try(instance, None)
    words = f"{instance.label} {instance.version} answers as “{instance.instance_name}”."
    if instance.fault:
        return go(request, address, f"{words} But: {instance.fault}", kind="notice")
    return go(request, address, words)


def _named(request: Request) -> Instance | None:
    """The saved instance that the address names; demo instances have no form, so they are a 404."""
    number = query(request, "instance")
    if not number:
        return None
    is_id = number.isdecimal() and number.isascii() and len(number) < 19
    instance = Instance.get_or_none(id=int(number)) if is_id else None
    if instance is None or instance.demo:
        raise HTTPException(404)
    return instance


def _name(fields: Fields) -> str:
    """The instance's name as typed in the same form; "" if none is typed yet."""
    typed = next((value.strip() for name, value in fields if name == "name"), "")
    return typed[:LONGEST_NAME]
