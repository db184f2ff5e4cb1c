"""The plan: how long a round of each queue takes, and what its next run would search."""

import msgspec

from models.backlog.eligibility import Reason
from models.batches import Batch, Pick
from models.budgets import Ledger
from models.budgets.gates import held, outside_hours
from models.database.fields import now
from models.plan import Outlook, plan_of
from models.queues import Queue
from views import plan
from views.api.answers import Moment, Sentence, Title
from views.api.endpoints import Call, read
from views.web.limits import A_BACKLOG


class OutlookAnswer(msgspec.Struct, frozen=True):
    """How long one round of a queue takes; `round_seconds` is null for never.

    `unread` are instances that were never read: with any of them the figures say nothing.
    """

    queue: int
    queue_name: str
    items: int
    new_a_day: float
    searched_a_day: float
    own_a_day: float | None
    round_seconds: int | None
    counted_at: Moment | None
    unread: list[int]


class UnreachedAnswer(msgspec.Struct, frozen=True):
    """Items that no queue searches, and why."""

    instance: int
    want: str
    why: str
    items: int
    queue: int | None


class PlanAnswer(msgspec.Struct, frozen=True):
    """The plan of all queues."""

    queues: list[OutlookAnswer]
    unreached: list[UnreachedAnswer]


class PickAnswer(msgspec.Struct, frozen=True):
    """A search that the next run would make."""

    instance: int
    title: Title
    want: str
    items: list[int]
    cost: int
    score: float | None


class ApartAnswer(msgspec.Struct, frozen=True):
    """A search that it would leave out, as another instance has just searched the title."""

    title: Title
    why: Sentence
    until: Moment


class PreviewAnswer(msgspec.Struct, frozen=True):
    """What the next run of a queue would search.

    `waiting` is how many eligible items are on instances that are held now. `outside_hours` says
    why it would not run now.
    """

    queue: int
    picks: list[PickAnswer]
    apart: list[ApartAnswer]
    counts: dict[str, int]
    waiting: int
    outside_hours: Sentence


def outlook_answer(queue: Queue, outlook: Outlook) -> OutlookAnswer:
    days = outlook.days
    return OutlookAnswer(
        queue=queue.id,
        queue_name=queue.name,
        items=outlook.round.items,
        new_a_day=outlook.round.new_a_day,
        searched_a_day=outlook.pace.a_day,
        own_a_day=outlook.own_a_day,
        round_seconds=None if days is None else round(days * 86_400),
        counted_at=outlook.round.at,
        unread=[each.id for each in outlook.unread],
    )


@read("/plan", answer=PlanAnswer, scope="totals", limit=A_BACKLOG)
async def show(call: Call) -> PlanAnswer:
    """Shows how long one round of each queue takes, and what no queue searches."""
    found = await plan.read(call.request.app.state.rounds, call.at)
    return PlanAnswer(
        queues=[outlook_answer(each, found.outlooks[each.id]) for each in found.queues],
        unreached=[
            UnreachedAnswer(each.instance.id, each.want, each.why, each.items, each.queue)
            for each in found.unreached
        ],
    )


@read("/queues/{id:id}/plan", answer=OutlookAnswer, scope="totals", limit=A_BACKLOG)
async def of_queue(call: Call) -> OutlookAnswer:
    """Shows how long one round of a queue takes."""
    queue = call.found(Queue)
    rounds = call.request.app.state.rounds
    return outlook_answer(queue, await plan_of(queue, queue.instances, rounds, call.at))


@read("/queues/{id:id}/preview", answer=PreviewAnswer, limit=A_BACKLOG)
async def preview(call: Call) -> PreviewAnswer:
    """Shows what the next run of a queue would search. Nothing is sent."""
    queue = call.found(Queue)
    batch = Batch(queue, now())
    picks = await batch.chosen()
    shut = outside_hours(queue, call.at)
    return PreviewAnswer(
        queue=queue.id,
        picks=[_pick(each) for each in picks],
        apart=[ApartAnswer(each.label, each.why.sentence, each.why.until) for each in batch.apart],
        counts={Reason(reason).name.lower(): items for reason, items in queue.counts().items()},
        waiting=queue.waiting(held(queue.instances, Ledger.at(call.at))),
        outside_hours=shut and shut.sentence,
    )


def _pick(pick: Pick) -> PickAnswer:
    first = pick.items[0]
    return PickAnswer(
        instance=first.instance_id,
        title=pick.label,
        want=first.want,
        items=[item.id for item in pick.items],
        cost=pick.cost,
        score=pick.score and pick.score.total,
    )
