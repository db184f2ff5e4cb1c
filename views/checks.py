"""Connection tests: of what is typed in a form, and of a saved instance."""

from starlette.requests import Request
from starlette.responses import Response

from jobs.arr import Fault
from jobs.checks import check, field_of, twin_of, typed_target
from jobs.sync import probe
from models import demo, twins
from models.faults import let_try
from models.forms import Fields
from models.forms.instances import ConnectionForm, InstanceForm
from models.instances import Instance
from models.names import LONGEST_NAME
from models.proxies import Credentials
from models.setup_steps import step
from views.endpoint import found, needs
from views.render import go, render, wants_fragment

ASKED = tuple(ConnectionForm.model_fields)


@needs("admin")
async def create(request: Request) -> Response:
    """The typed-in connection; with htmx the answer alone, else the form with it."""
    fields = request.state.fields
    draft = ConnectionForm.read((name, value) for name, value in fields if name in ASKED)
    if draft.is_good and not draft.form.api_key:
        draft.refuse("api_key", "Type the key as well.")
    if draft.is_good:
        for name, sentence in list(draft.form.lacking(Credentials(), elsewhere=False)):
            draft.refuse(name, sentence)
    answer = None
    if draft.is_good and (twin := twins.at(draft.form.url)):
        draft.refuse("url", twins.sentence(twin))
    if draft.is_good:
        target = typed_target(draft.form, name=_name(fields))
        answer = await check(request.app.state.engine, target)
        if isinstance(answer, Fault):
            draft.refuse(field_of(answer), answer.sentence)
        elif twin := await twin_of(request.app.state.engine, target):
            answer = None
            draft.refuse("url", twins.sentence(twin))
    status = 200 if draft.is_good else 422
    if wants_fragment(request):
        return render(
            request, "instances/check.html", status=status, checked=answer, errors=draft.errors
        )
    whole = InstanceForm.read(fields)
    whole.errors = draft.errors
    return render(
        request,
        "instances/new.html",
        status=status,
        form=whole,
        instance=None,
        checked=answer,
        step=step(),
        has_demo=bool(demo.instances()),
    )


@needs("member")
async def create_saved(request: Request) -> Response:
    instance = found(Instance, request)
    fault = await probe(request.app.state.engine, instance)
    address = f"/instances/{instance.id}"
    if fault:
        return go(request, address, fault.sentence, kind="error")
    let_try(instance, None)
    words = f"{instance.label} {instance.version} answers as “{instance.instance_name}”."
    if instance.fault:
        return go(request, address, f"{words} But: {instance.fault}", kind="notice")
    return go(request, address, words)


def _name(fields: Fields) -> str:
    """What the connection is called in the same form, if anything yet."""
    typed = next((value.strip() for name, value in fields if name == "name"), "")
    return typed[:LONGEST_NAME]
