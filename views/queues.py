"""Queues: saved plans of what is searched, and when."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.budgets import Ledger
from models.cards import Card
from models.choices import Choices
from models.fields import now
from models.forms import Draft
from models.forms.queues import QueueForm
from models.instances import Instance
from models.names import key_of
from models.orders import ORDERS
from models.packs import PACKS
from models.queues import STRATEGIES, Queue
from models.runs import Run
from models.searches import Search
from models.setup_steps import step
from models.users import User
from views.endpoint import found, needs, person
from views.render import go, render, unchanged

NAME_TAKEN = "Another queue has this name."
UNKNOWN_INSTANCE = "One of these instances is not there any more."
MIXED = "Demo and real instances cannot be in one queue."
NOT_YOURS = "This queue belongs to somebody else."
POLL_ACTIVE, POLL_IDLE = 2, 15
FILTERS = (
    "tags_in",
    "tags_out",
    "profiles",
    "root_folders",
    "series_status",
    "year_from",
    "year_to",
)


def index(request: Request) -> Response:
    cards = Card.all(Ledger.at(now()))
    version = unchanged(request, [card.facts for card in cards])
    if version is None:
        return Response(status_code=204)
    active = any(card.is_lively for card in cards)
    return render(
        request,
        "queues/index.html",
        cards=cards,
        has_instances=Instance.select().exists(),
        active=active,
        poll=POLL_ACTIVE if active else POLL_IDLE,
        poll_url=f"/queues?seen={version}",
    )


@needs("member")
def new(request: Request) -> Response:
    instances = list(Instance.by_name())
    real = [instance for instance in instances if not instance.demo]
    chosen = [instance.id for instance in real or instances]
    draft = QueueForm.blank(name=_free_name(), instances=chosen)
    return _form(request, draft)


def create(request: Request) -> Response:
    draft = QueueForm.read(request.state.fields)
    _check_rows(draft, None)
    if not draft.is_good:
        return _form(request, draft, status=422)
    queue = Queue.create(owner=person(request), created_at=now(), **draft.form.columns)
    queue.serve(draft.form.instances)
    return go(request, f"/queues/{queue.id}/preview")


def show(request: Request) -> Response:
    queue = found(Queue, request)
    card = Card.of(queue, Ledger.at(now()))
    runs = list(Run.recent().where(Run.queue == queue).limit(10))
    counts = queue.counts()
    version = unchanged(request, card.facts, [(run.id, run.state) for run in runs], counts)
    if version is None:
        return Response(status_code=204)
    return render(
        request,
        "queues/show.html",
        queue=queue,
        card=card,
        runs=runs,
        marks=Search.marks_of(runs),
        counts=counts,
        days=queue.days_for(sum(counts.values())),
        may_change=queue.may_be_changed_by(person(request)),
        active=card.is_lively,
        poll=POLL_ACTIVE if card.is_lively else POLL_IDLE,
        poll_url=f"{request.url.path}?seen={version}",
    )


@needs("member")
def edit(request: Request) -> Response:
    queue = own(request)
    return _form(request, QueueForm.blank(**QueueForm.typed(queue)), queue)


def update(request: Request) -> Response:
    queue = own(request)
    draft = QueueForm.read(request.state.fields)
    _check_rows(draft, queue)
    if not draft.is_good:
        return _form(request, draft, queue, status=422)
    columns = draft.form.columns
    if columns["every_minutes"] != queue.every_minutes:
        queue.every_minutes = draft.form.every_minutes
        queue.reschedule(now())
    queue.change(**columns)
    queue.serve(draft.form.instances)
    request.app.state.scheduler.nudge()
    return go(request, f"/queues/{queue.id}", f"“{queue.name}” is saved.")


def destroy(request: Request) -> Response:
    queue = own(request)
    for run in queue.runs.where(Run.state == "active"):
        run.ask_to_stop(now())
    queue.delete_instance()
    return go(request, "/queues", f"“{queue.name}” is deleted. Its history stays.")


def own(request: Request) -> Queue:
    """The queue that the address names, if this person may change it."""
    queue = found(Queue, request)
    refuse_others(queue, person(request))
    return queue


def refuse_others(queue: Queue, user: User) -> None:
    if not queue.may_be_changed_by(user):
        raise HTTPException(403, NOT_YOURS)


def _check_rows(draft: Draft[QueueForm], queue: Queue | None) -> None:
    """What only the database knows."""
    if not draft.is_good:
        return
    other = Queue.get_or_none(Queue.key == key_of(draft.form.name))
    if other is not None and other != queue:
        draft.refuse("name", NAME_TAKEN)
    chosen = set(draft.form.instances)
    instances = [instance for instance in Instance.select() if instance.id in chosen]
    if len(instances) < len(chosen):
        draft.refuse("instances", UNKNOWN_INSTANCE)
    elif len({instance.demo for instance in instances}) > 1:
        draft.refuse("instances", MIXED)


def _free_name() -> str:
    taken = {queue.key for queue in Queue.select()}
    names = ["Missing items", "Better quality"]
    return next((name for name in names if key_of(name) not in taken), "")


def _form(
    request: Request, draft: Draft[QueueForm], queue: Queue | None = None, status: int = 200
) -> Response:
    user: User = person(request)
    instances = list(Instance.by_name())
    return render(
        request,
        "queues/edit.html" if queue else "queues/new.html",
        status=status,
        form=draft,
        queue=queue,
        instances=instances,
        strategies=STRATEGIES,
        orders=ORDERS,
        packs=PACKS,
        choices=Choices.of(instances),
        filtered=any(draft.values[name] for name in FILTERS),
        step=step(),
        may_change=user.may_change,
    )
