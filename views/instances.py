"""Instances: the Sonarr and Radarr servers that we talk to."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from jobs.arr import Fault, Status
from jobs.checks import check, field_of, twin_of, typed_target
from models import demo
from models.applications import APPLICATIONS
from models.backlog.elsewhere import searched_elsewhere
from models.backlog.snapshots import Drift
from models.budgets.shares import go_on
from models.dashboard.board import InstanceCard
from models.dashboard.rows import Rows
from models.dashboard.setup_steps import step
from models.dashboard.version import moving
from models.database import database
from models.database.fields import now
from models.files.declared import file_of, refuse_declared, told_of, with_declared
from models.forms import Draft
from models.forms.instances import ConnectionForm, InstanceForm, ServerForm
from models.forms.typed_secrets import Server
from models.hooks import Hook
from models.household import Household
from models.instances import Instance, twins
from models.instances.faults import InstanceFault, forget
from models.instances.health import last_month
from models.instances.proxies import Credentials
from models.people.names import key_of
from models.prowlarrs.indexers import ProwlarrIndexer
from models.scores.board import ScoreBoard
from models.searches import Search
from models.searches.history import shown
from models.wishes import Wish
from views.web import trail
from views.web.declared import must_not_be_declared
from views.web.endpoint import clock, found, person
from views.web.limits import A_PASSWORD, AN_INSTANCE
from views.web.marks import reads, writes
from views.web.render import go, render, unchanged
from views.web.tested import forget_tested, with_tested

NAME_TAKEN = "Another instance has this name."
KEY_AGAIN = "The address has changed, so type the API key again: it is never sent to a new address."
KEY_AGAIN_UNCHECKED = (
    "Without the certificate check somebody on the network could read the API key: type it again."
)
TAKEN = {False: "connected", True: "saved, but its connection is not tested"}
FIRST = next(iter(APPLICATIONS))
KEY_NEEDED = "Type the API key: Sonarr and Radarr show it under Settings, General."
KEY_FIRST = "Its API key has to be typed in first."
C = TypeVar("C", bound=ServerForm)


def index(request: Request) -> Response:
    """The board. It polls faster while something is synced."""
    rows, silent = Rows.now(), ProwlarrIndexer.silent(at := now())
    version = unchanged(request, moving(at, rows), [row.name for row in silent])
    if version is None:
        return Response(status_code=204)
    household, _, instances = rows
    has_demo = any(instance.demo for instance in instances)
    syncing = any(instance.syncing_since for instance in instances)
    return render(
        request,
        "instances/index.html",
        household=household,
        cards=InstanceCard.all(instances, household, at),
        silent=silent,
        has_demo=has_demo,
        is_one_replicas=has_demo and demo.is_one_replicas(),
        active=syncing,
        poll=2 if syncing else 15,
        poll_url=f"{request.url.path}?seen={version}",
    )


@reads("admin")
def new(request: Request) -> Response:
    return form_page(request, InstanceForm.blank(application=FIRST, verify_tls=True, enabled=True))


@writes("admin", limit=AN_INSTANCE, event="instance-added", keeps_typed=True)
async def create(request: Request) -> Response:
    draft = InstanceForm.read(with_tested(request, None))
    instance = await connected(request, draft)
    if instance is None:
        return form_page(request, draft, status=422)
    forget_tested(request)
    following = "/queues/new" if step() == "queue" else f"/instances/{instance.id}"
    return go(request, following, f"“{instance.name}” is {TAKEN[draft.form.anyway]}.")


async def connected(request: Request, draft: Draft[InstanceForm]) -> Instance | None:
    """The new instance, after a test of its connection; None where the draft is refused."""
    refuse_lacking(draft, None)
    _refuse_taken(draft, None)
    await _test(request, draft, None)
    with suppress(trail.Unfit), trail.telling(request):
        _refuse_taken(draft, None)
        trail.must_fit(draft)
        instance: Instance = Instance.create(created_at=now(), **draft.form.columns_at(now()))
        Wish.ask("sync", instance.id, clock(request).now())
        return instance
    return None


async def show(request: Request) -> Response:
    instance = found(Instance, request)
    faults = InstanceFault.all_of(instance)
    late = Wish.late_sync(instance)
    board, hook = ScoreBoard.of(instance), Hook.of(instance)
    told = hook and (hook.__data__, hook.arrives(now()))
    seen = ([row.__data__ for row in faults], late is None, board.facts, told)
    version = unchanged(request, moving(now()), *seen)
    if version is None:
        return Response(status_code=204)
    household = Household.current()
    return render(
        request,
        "instances/show.html",
        instance=instance,
        file=file_of(instance),
        faults=faults,
        late=late,
        hook=hook,
        household=household,
        card=InstanceCard.all([instance], household, now())[0],
        days=last_month([instance], now(), person(request).zone)[instance.id],
        searches=shown(Search.recent().where(Search.instance == instance).limit(10)),
        board=board,
        drifts=list(Drift.latest(instance)),
        elsewhere=await database.aside(searched_elsewhere, instance, now()),
        poll=2 if instance.syncing_since else 15,
        poll_url=f"{request.url.path}?seen={version}",
    )


@reads("admin")
def edit(request: Request) -> Response:
    instance = real(request)
    return form_page(request, InstanceForm.blank(**InstanceForm.typed(instance)), instance)


@writes("admin", limit=AN_INSTANCE, event="instance-changed", keeps_typed=True)
async def update(request: Request) -> Response:
    instance = real(request)
    draft = InstanceForm.read(with_declared(with_tested(request, instance), instance, InstanceForm))
    await change(request, draft, instance)
    if not draft.is_good:
        return form_page(request, draft, instance, status=422)
    forget_tested(request)
    return go(request, f"/instances/{instance.id}", f"“{instance.name}” is saved.")


async def change(
    request: Request,
    draft: Draft[InstanceForm],
    instance: Instance,
    look_again: Callable[[], None] = lambda: None,
) -> None:
    """Writes a good draft into the row, after a test where its connection differs.

    `look_again` may raise where the row, read anew, is not the one that the draft was made for.
    """
    refuse_declared(draft, instance)
    refuse_lacking(draft, instance)
    _refuse_taken(draft, instance)
    await _test(request, draft, instance)
    with suppress(trail.Unfit), trail.telling(request):
        # Somebody else may have changed its address and key during the test.
        instance.reread()
        look_again()
        refuse_lacking(draft, instance)
        _refuse_taken(draft, instance)
        trail.must_fit(draft)
        was_off = instance.disabled_at is not None
        instance.change(**draft.form.columns_at(now(), instance))
        forget(instance, now())
        trail.tell(request, f"{instance.name}{', with another key' if draft.form.api_key else ''}")
        Wish.ask("sync", instance.id, clock(request).now())
        if was_off and instance.disabled_at is None:
            go_on(now(), instance)


@writes("admin", limit=A_PASSWORD, event="instance-deleted")
def destroy(request: Request) -> Response:
    """Keeps the history of its searches, so that budgets and yield lose nothing."""
    instance = real(request)
    must_not_be_declared(instance)
    instance.delete_instance()
    return go(request, "/instances", f"“{instance.name}” and its backlog are deleted.")


def real(request: Request) -> Instance:
    """The instance that the address names, if it is no part of the demo library."""
    instance = found(Instance, request)
    if instance.demo:
        raise HTTPException(403, "The demo library can only be added and removed as a whole.")
    return instance


def refuse_lacking(draft: Draft[C], row: Server | None, needed: str = KEY_NEEDED) -> None:
    """Refuses a draft that lacks a secret: for a new server, or where it would go elsewhere.

    `needed` is the sentence for a new one without a key.
    """
    if not draft.is_good:
        return
    form, kept, elsewhere = draft.form, Credentials(), False
    if row is not None:
        kept, elsewhere = Credentials.of(row), form.is_elsewhere(row)
        needed = KEY_AGAIN if form.names_another(row) else KEY_AGAIN_UNCHECKED
    lacking = list(form.lacking(kept, elsewhere=elsewhere))
    if row is not None and not row.api_key.reveal():
        elsewhere, needed = True, KEY_NEEDED
    if not form.api_key and (row is None or elsewhere):
        lacking.append(("api_key", needed))
    for name, sentence in lacking:
        draft.refuse(name, sentence)


def _refuse_taken(draft: Draft[InstanceForm], instance: Instance | None) -> None:
    if draft.is_good:
        other = Instance.get_or_none(Instance.key == key_of(draft.form.name))
        if (other is not None and other != instance) or demo.is_name(draft.form.name):
            draft.refuse("name", NAME_TAKEN)
        if moves(draft.form, instance) and (twin := twins.at(draft.form.url, instance)):
            draft.refuse("url", twins.sentence(twin))


async def _test(request: Request, draft: Draft[InstanceForm], instance: Instance | None) -> None:
    """Refuses a new or changed connection that does not work, unless it is to be saved anyway.

    Always refuses the server of another instance.
    """
    if not draft.is_good:
        return
    form, door = draft.form, request.app.state.door
    if instance is not None and not form.api_key and not _differs(form, instance):
        return
    target = typed_target(form, instance, form.name)
    answer = None if form.anyway else await check(door, target)
    if isinstance(answer, Fault):
        draft.refuse(field_of(answer), answer.sentence)
        draft.refuse("anyway", "")
    elif moves(form, instance) and (twin := await twin_of(door, target, instance)):
        draft.refuse("url", twins.sentence(twin))


def moves(form: ConnectionForm, instance: Instance | None) -> bool:
    """Whether it may be another server now: a new instance, another address or another key."""
    if instance is None or form.names_another(instance):
        return True
    return bool(form.api_key) and form.api_key != instance.api_key.reveal()


def _differs(form: InstanceForm, instance: Instance) -> bool:
    kept = Credentials.of(instance)
    theirs = (instance.verify_tls, instance.http2, kept)
    ours = (form.verify_tls, form.http2, form.credentials(kept))
    return form.names_another(instance) or ours != theirs


def form_page(
    request: Request,
    draft: Draft[InstanceForm],
    instance: Instance | None = None,
    status: int = 200,
    *,
    checked: Status | None = None,
    is_kept: bool = False,
) -> Response:
    draft.fixed = told_of(instance)
    return render(
        request,
        "instances/edit.html" if instance else "instances/new.html",
        status=status,
        form=draft,
        instance=instance,
        file=file_of(instance),
        checked=checked,
        is_kept=is_kept,
        step=step(),
        has_demo=bool(demo.instances()),
    )
