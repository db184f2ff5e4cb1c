"""Queues: what is searched, and when."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.applications import LISTS
from models.batches.packs import PACKS
from models.budgets import Ledger
from models.budgets.gates import held
from models.dashboard.cards import Card
from models.dashboard.rows import Rows
from models.dashboard.setup_steps import step
from models.dashboard.version import moving
from models.database import database
from models.database.fields import now
from models.files.declared import file_of, refuse_declared, told_of, with_declared
from models.forms import Draft
from models.forms.people import zones
from models.forms.presets import begun
from models.forms.queues import QueueForm
from models.forms.timetables import Timetable
from models.instances import Instance, WantedList
from models.people import User
from models.people.names import key_of
from models.plan import plan_of
from models.queues import Queue
from models.queues.choices import Choices
from models.queues.filters import Filters
from models.queues.orders import ORDERS
from models.queues.strategies import PRESETS, preset_of
from models.scores.shelves import are_unread
from models.searches import Search
from models.searches.runs import Run
from views.web.declared import must_not_be_declared
from views.web.endpoint import found, person, query
from views.web.marks import CHEAP, reads, writes
from views.web.render import go, render, unchanged

NAME_TAKEN = "Another queue has this name."
UNKNOWN_INSTANCE = "One of these instances was deleted."
MIXED = "Demo and real instances cannot be in one queue."
NOT_YOURS = "This queue belongs to somebody else."
POLL_ACTIVE, POLL_IDLE = 2, 15
FILTERS = [name for name in Filters.model_fields if name != "wants"]


def index(request: Request) -> Response:
    at, rows = now(), Rows.now()
    version = unchanged(request, moving(at, rows))
    if version is None:
        return Response(status_code=204)
    cards = Card.all(rows.queues, Ledger(rows.household, at), rows.instances)
    active = any(card.is_lively for card in cards)
    return render(
        request,
        "queues/index.html",
        cards=cards,
        household=rows.household,
        has_instances=bool(rows.instances),
        active=active,
        poll=POLL_ACTIVE if active else POLL_IDLE,
        poll_url=f"/queues?seen={version}",
    )


@reads("member")
def new(request: Request) -> Response:
    """The address may name an instance and a strategy; the strategy's polite plan is filled in."""
    preset = preset_of(query(request, "strategy"))
    instances = list(Instance.by_name())
    named = [each for each in instances if str(each.id) == query(request, "instance")]
    real = [instance for instance in instances if not instance.demo]
    draft = begun(
        preset,
        wants=list(LISTS),
        instances=[instance.id for instance in named or real or instances],
        time_zone=person(request).time_zone,
        catch_up=True,
    )
    return form_page(request, draft)


@writes("member", limit=CHEAP, event="queue-made", keeps_typed=True)
def create(request: Request) -> Response:
    draft = QueueForm.read(request.state.fields)
    queue = made(draft, person(request))
    if queue is None:
        return form_page(request, draft, status=422)
    return go(request, f"/queues/{queue.id}/preview")


def made(draft: Draft[QueueForm], owner: User) -> Queue | None:
    """The new queue; None where the draft is refused."""
    _check_rows(draft, None)
    if not draft.is_good:
        return None
    queue: Queue = Queue.create(owner=owner, created_at=now(), **draft.form.columns)
    queue.serve(draft.form.instances)
    return queue


async def show(request: Request) -> Response:
    queue = found(Queue, request)
    at = now()
    version = unchanged(request, moving(at))
    if version is None:
        return Response(status_code=204)
    outlook = await plan_of(queue, queue.instances, request.app.state.rounds, at)
    ledger = Ledger.at(at)
    card = Card.of(queue, ledger)
    runs = list(Run.recent().where(Run.queue == queue).limit(10))
    counts, waiting = queue.counts(), queue.waiting(held(card.instances, ledger))
    doubts = WantedList.doubts(queue.instances, queue.wants)
    return render(
        request,
        "queues/show.html",
        queue=queue,
        file=file_of(queue),
        card=card,
        doubts=doubts,
        runs=runs,
        marks=Search.marks_of(runs),
        counts=counts,
        scanning=are_unread(queue),
        waiting=waiting,
        outlook=outlook,
        active=card.is_lively,
        poll=POLL_ACTIVE if card.is_lively else POLL_IDLE,
        poll_url=f"{request.url.path}?seen={version}",
    )


@reads("member")
def edit(request: Request) -> Response:
    queue = own(request)
    return form_page(request, QueueForm.blank(**QueueForm.typed(queue)), queue)


@writes("member", limit=CHEAP, event="queue-changed", keeps_typed=True)
def update(request: Request) -> Response:
    queue = own(request)
    draft = QueueForm.read(with_declared(request.state.fields, queue, QueueForm))
    change(draft, queue)
    if not draft.is_good:
        return form_page(request, draft, queue, status=422)
    return go(request, f"/queues/{queue.id}", f"“{queue.name}” is saved.")


def change(draft: Draft[QueueForm], queue: Queue) -> None:
    """Writes a good draft into the row, and plans its next run anew where its schedule differs."""
    refuse_declared(draft, queue)
    _check_rows(draft, queue)
    if not draft.is_good:
        return
    queue.alter(now(), draft.form.columns, draft.form.instances)
    database.notify("schedule")


@writes("member", limit=CHEAP, event="queue-deleted")
def destroy(request: Request) -> Response:
    queue = own(request)
    remove(queue)
    return go(request, "/queues", f"“{queue.name}” is deleted. Its history stays.")


def remove(queue: Queue) -> None:
    must_not_be_declared(queue)
    for run in queue.runs.where(Run.state == "active"):
        run.ask_to_stop(now())
    queue.delete_instance()


def own(request: Request) -> Queue:
    """The queue that the address names, if this person may change it."""
    queue = found(Queue, request)
    refuse_others(queue, person(request))
    return queue


def refuse_others(queue: Queue, user: User) -> None:
    if not queue.may_be_changed_by(user):
        raise HTTPException(403, NOT_YOURS)


def _check_rows(draft: Draft[QueueForm], queue: Queue | None) -> None:
    """Refuses what only the database can judge."""
    if not draft.is_good:
        return
    check_instances(draft)
    other = Queue.get_or_none(Queue.key == key_of(draft.form.name))
    if other is not None and other != queue:
        draft.refuse("name", NAME_TAKEN)


def check_instances(draft: Draft[QueueForm]) -> None:
    """Refuses a good draft whose instances do not exist, or cannot be in one queue."""
    chosen = set(draft.form.instances)
    instances = [instance for instance in Instance.select() if instance.id in chosen]
    if len(instances) < len(chosen):
        draft.refuse("instances", UNKNOWN_INSTANCE)
    elif len({instance.demo for instance in instances}) > 1:
        draft.refuse("instances", MIXED)


def form_page(
    request: Request,
    draft: Draft[QueueForm],
    queue: Queue | None = None,
    *,
    status: int = 200,
    answer: object = None,
) -> Response:
    """The form. `answer` is what the typed-in queue leads to, where a person asked for it."""
    instances, zone = list(Instance.by_name()), person(request).zone
    draft.fixed = told_of(queue)
    return render(
        request,
        "queues/edit.html" if queue else "queues/new.html",
        status=status,
        form=draft,
        queue=queue,
        file=file_of(queue),
        instances=instances,
        strategies=[(each.strategy, each.label, each.words) for each in PRESETS.values()],
        orders=ORDERS,
        packs=PACKS,
        choices=Choices.of(instances, draft.values),
        filtered=draft.values["strategy"] == "custom" or any(draft.values[f] for f in FILTERS),
        zones=zones(),
        timetable=Timetable.typed(draft.values, queue, zone, now()),
        answer=answer,
        step=step(),
    )
