"""Webhooks: the address that instances send to, and the pages on which it is made and removed."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from jobs.arr import CLIENTS
from jobs.arr.webhooks import NAME
from jobs.hooks import enter, withdraw
from models.database import LostConnection, database
from models.forms import Draft
from models.forms.hooks import HookForm
from models.hooks import BELOW, Hook
from models.hooks.events import hint_of
from models.instances import Instance
from views.instances import real
from views.web import trail
from views.web.endpoint import NO_DATABASE, clock, own_address
from views.web.limits import AN_INSTANCE
from views.web.marks import CHANGES_NOTHING, EVERYBODY, Without, reads, writes
from views.web.render import go, render

NO_HOOK = "No instance has this address."
UNLIMITED = Without("A refusal would make the instance pause; a flood is one small write a minute.")
LEFT = "It may still send here: remove its connection there."


@writes(EVERYBODY, limit=UNLIMITED, event=CHANGES_NOTHING)
async def receive(request: Request) -> Response:
    """204 for a secret that is known, whatever was sent; what follows is done later."""
    body = await request.body()
    try:
        known = await database.work(_hear, request, body)
    except LostConnection:
        raise HTTPException(503, NO_DATABASE) from None
    if not known:
        raise HTTPException(404, NO_HOOK)
    return Response(status_code=204)


def _hear(request: Request, body: bytes) -> bool:
    hook = Hook.with_token(request.path_params["secret"])
    if hook is None:
        return False
    if hint := hint_of(body, hook.instance.application):
        hook.hear(hint, clock(request).now())
    return True


@reads("admin")
def show(request: Request) -> Response:
    instance = real(request)
    hook = Hook.of(instance)
    address = (hook and hook.address) or own_address(request)
    return _form(request, instance, HookForm.blank(address=address))


@writes("admin", limit=AN_INSTANCE, event="webhook-made")
async def create(request: Request) -> Response:
    """Makes a new secret; an address that a person is to enter is in this answer and nowhere else.

    The row is there before the instance is asked, as it sends its test meanwhile.
    """
    instance, draft = real(request), HookForm.read(request.state.fields)
    if not draft.is_good:
        return _form(request, instance, draft, status=422)
    form, before = draft.form, Hook.of(instance)
    is_there = form.way == "there"
    with trail.changing():
        address = form.address if is_there else None
        hook, token = Hook.renew(instance, address, clock(request).now())
    if is_there and (said := await enter(request.app.state.door, instance, hook, token, before)):
        draft.refuse("address", said)
        with trail.changing():
            hook.take_back(before)
        return _form(request, instance, draft, status=422)
    with trail.telling(request):
        trail.tell(request, instance.name)
    if is_there:
        return go(request, _page(instance), f"“{instance.name}” sends its webhooks here.")
    if before is not None and before.address:
        # Otherwise the connection that we made would fail from now on.
        await withdraw(request.app.state.door, instance, before)
    link = f"{form.address}{BELOW}{token}"
    return _shown(request, "hooks/made.html", instance, status=201, link=link)


@reads("admin")
def ask(request: Request) -> Response:
    instance = real(request)
    return render(
        request,
        "questions/show.html",
        question="hooks/delete.html",
        title=f"Remove the webhook of {instance.name}",
        instance=instance,
    )


@writes("admin", limit=AN_INSTANCE, event="webhook-removed")
async def destroy(request: Request) -> Response:
    """The secret is worth nothing any more, whether the instance can be asked or not."""
    instance = real(request)
    hook = Hook.of(instance)
    if hook is None:
        raise HTTPException(404)
    said = await withdraw(request.app.state.door, instance, hook)
    with trail.telling(request):
        hook.delete_instance()
    if said:
        return go(request, _page(instance), f"The webhook is removed here. {said} {LEFT}", "notice")
    return go(request, _page(instance), "The webhook is removed.")


def _page(instance: Instance) -> str:
    return f"/instances/{instance.id}"


def _form(
    request: Request, instance: Instance, draft: Draft[HookForm], status: int = 200
) -> Response:
    told = {"form": draft, "hook": Hook.of(instance)}
    return _shown(request, "hooks/show.html", instance, status=status, **told)


def _shown(
    request: Request, template: str, instance: Instance, *, status: int, **context: Any
) -> Response:
    triggers = CLIENTS[instance.application.name].triggers.values()
    context |= {"instance": instance, "connection": NAME, "triggers": triggers}
    return render(request, template, status=status, **context)
