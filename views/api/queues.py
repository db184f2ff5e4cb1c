"""Queues: their settings, their state, and what a person does with them."""

from typing import Any

import msgspec
from starlette.exceptions import HTTPException

from models.applications import LISTS
from models.budgets import Ledger
from models.dashboard.cards import Card
from models.dashboard.rows import Rows
from models.forms.presets import begun
from models.forms.queues import ConsentForm, QueueForm, RunForm
from models.queues import Queue
from models.queues.strategies import preset_of
from models.searches.runs import Run
from views import pauses, previews, queues, runs
from views.api.answers import Listed, Moment, Sentence
from views.api.endpoints import Call, Made, read, refuse_bad, write
from views.api.forms import settings_struct
from views.api.runs import RunAnswer, run_answer
from views.previews import STARTED
from views.queues import own
from views.web.limits import AN_INSTANCE
from views.web.marks import CHEAP, IN_HISTORY


class GateAnswer(msgspec.Struct, frozen=True):
    """What holds a run now: on one instance, or with `instance` null on all."""

    instance: int | None
    sentence: Sentence


class QueueStateAnswer(msgspec.Struct, frozen=True):
    """A queue as its card shows it; `next_run_at` is null while it does not run by itself."""

    id: int
    name: str
    owner: int
    strategy: str
    instances: list[int]
    demo: bool
    is_dry: bool
    state: str
    obstacle: Sentence
    started_at: Moment | None
    paused_at: Moment | None
    next_run_at: Moment | None
    last_run: RunAnswer | None
    searches_done: int
    gates: list[GateAnswer]


QueueAnswer = settings_struct("QueueAnswer", QueueForm, (), id=int, owner=int, created_at=Moment)


def state_of(card: Card) -> QueueStateAnswer:
    queue = card.queue
    return QueueStateAnswer(
        id=queue.id,
        name=queue.name,
        owner=queue.owner_id,
        strategy=queue.strategy,
        instances=[each.id for each in card.instances],
        demo=card.is_demo,
        is_dry=queue.is_dry,
        state=card.state,
        obstacle=queue.obstacle and queue.obstacle.sentence,
        started_at=queue.started_at,
        paused_at=queue.paused_at,
        next_run_at=queue.due_at if queue.runs_by_itself else None,
        last_run=card.last and run_answer(card.last),
        searches_done=card.done,
        gates=[
            GateAnswer(each.instance and each.instance.id, each.sentence) for each in card.gates
        ],
    )


def settings_of(queue: Queue) -> Any:
    told = QueueForm.typed(queue)
    return QueueAnswer(id=queue.id, owner=queue.owner_id, created_at=queue.created_at, **told)


def _state(call: Call, queue: Queue) -> QueueStateAnswer:
    return state_of(Card.of(Queue.get_by_id(queue.id), Ledger.at(call.at)))


@read("/queues", answer=Listed[QueueStateAnswer], scope="totals")
def index(call: Call) -> Listed[QueueStateAnswer]:
    """Lists queues with their state and their last run."""
    rows = Rows.now()
    cards = Card.all(rows.queues, Ledger(rows.household, call.at), rows.instances)
    return Listed.whole([state_of(card) for card in cards])


@read("/queues/{id:id}/state", answer=QueueStateAnswer, scope="totals")
def state(call: Call) -> QueueStateAnswer:
    """Shows the state of one queue."""
    return _state(call, call.found(Queue))


@read("/queues/{id:id}", answer=QueueAnswer, has_tag=True)
def show(call: Call) -> Any:
    """Shows the settings of one queue."""
    return settings_of(call.found(Queue))


@write(
    "POST",
    "/queues",
    answer=QueueAnswer,
    role="member",
    status=201,
    form=QueueForm,
    needed=("instances",),
    has_tag=True,
    limit=CHEAP,
    event="queue-made",
)
def create(call: Call) -> Made:
    """Makes a queue of your own. What is left out is as on the page, by the strategy.

    It runs once it was started.
    """
    preset = preset_of(str(call.request.state.body.get("strategy", "")))
    usual = begun(preset, wants=list(LISTS), time_zone=call.user.time_zone, catch_up=True).values
    draft = call.draft({name: value for name, value in usual.items() if value != ""})
    queue = queues.made(draft, call.user)
    refuse_bad(draft)
    assert queue is not None
    return Made(settings_of(Queue.get_by_id(queue.id)), f"/queues/{queue.id}")


@write(
    "PATCH",
    "/queues/{id:id}",
    answer=QueueAnswer,
    role="member",
    form=QueueForm,
    has_tag=True,
    needs_tag=True,
    limit=CHEAP,
    event="queue-changed",
)
def update(call: Call) -> Any:
    """Changes settings; what is left out stays."""
    queue = own(call.request)
    call.must_match(settings_of(queue))
    draft = call.draft(QueueForm.typed(queue))
    queues.change(draft, queue)
    refuse_bad(draft)
    return settings_of(Queue.get_by_id(queue.id))


@write(
    "DELETE",
    "/queues/{id:id}",
    answer=None,
    role="member",
    status=204,
    needs_tag=True,
    limit=CHEAP,
    event="queue-deleted",
)
def destroy(call: Call) -> None:
    """Deletes a queue; the history of its searches stays."""
    queue = own(call.request)
    call.must_match(settings_of(queue))
    queues.remove(queue)


@write(
    "POST",
    "/queues/{id:id}/consent",
    answer=QueueStateAnswer,
    role="member",
    form=ConsentForm,
    needed=("start",),
    limit=CHEAP,
    event="queue-started",
    refusals=(409,),
)
def start(call: Call) -> QueueStateAnswer:
    """Starts a queue: now, or in the night at 03:00 in your time zone."""
    queue = own(call.request)
    by_night = call.draft().form.start == "night"
    if queue.started_at is not None:
        raise HTTPException(409, STARTED)
    previews.begin(queue, call.user, call.at, by_night=by_night)
    return _state(call, queue)


@write(
    "POST",
    "/queues/{id:id}/pause",
    answer=QueueStateAnswer,
    role="member",
    limit=CHEAP,
    event="queue-paused",
)
def pause(call: Call) -> QueueStateAnswer:
    """Pauses a queue; a run under way stops after its search."""
    queue = own(call.request)
    pauses.pause(queue)
    return _state(call, queue)


@write(
    "DELETE",
    "/queues/{id:id}/pause",
    answer=QueueStateAnswer,
    role="member",
    limit=CHEAP,
    event="queue-resumed",
)
def resume(call: Call) -> QueueStateAnswer:
    """Lets a queue go on."""
    queue = own(call.request)
    pauses.resume(queue)
    return _state(call, queue)


@write(
    "POST",
    "/queues/{id:id}/runs",
    answer=RunAnswer,
    role="member",
    status=202,
    form=RunForm,
    limit=AN_INSTANCE,
    event=IN_HISTORY,
    refusals=(409,),
)
def run(call: Call) -> Made:
    """Runs a queue now."""
    queue = own(call.request)
    impatient = call.draft().form.ignore_cooldown
    made = runs.begin(call.request, queue, ignores_cooldown=impatient)
    if isinstance(made, str):
        raise HTTPException(409, made)
    return Made(run_answer(Run.get_by_id(made.id)), f"/runs/{made.id}")
