"""The plan: how long each queue takes to reach every item once, and what no queue searches."""

from datetime import datetime
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.instances import Instance
from models.plan import Outlook, plan_of
from models.plan.paces import Common
from models.plan.rounds import Rounds
from models.plan.unreached import UnreachedItems, unreached
from models.queues import Queue
from views.pictures.rounds import RoundLines
from views.web.endpoint import person
from views.web.limits import A_BACKLOG
from views.web.marks import reads
from views.web.render import render

POLL = 2


@reads(limit=A_BACKLOG)
async def show(request: Request) -> Response:
    """The page polls while wanted lists are read for the first time."""
    at = now()
    found = await read(request.app.state.rounds, at)
    running = {each.id: found.outlooks[each.id] for each in found.queues if each.runs_by_itself}
    unread = {each.name for outlook in found.outlooks.values() for each in outlook.unread}
    return render(
        request,
        "plan/show.html",
        **found._asdict(),
        lanes=RoundLines.of(running, at, person(request).zone),
        unread=sorted(unread),
        active=bool(unread),
        poll=POLL if unread else None,
    )


class WholePlan(NamedTuple):
    """The plan of all queues.

    `outlooks` are by queue id, `served` queues by instance id.
    """

    queues: list[Queue]
    instances: list[Instance]
    outlooks: dict[int, Outlook]
    served: dict[int, list[Queue]]
    unreached: list[UnreachedItems]


async def read(rounds: Rounds, at: datetime) -> WholePlan:
    instances, queues = list(Instance.by_name()), list(Queue.by_name())
    Queue.give_instances(queues, instances)
    served = {each.id: [queue for queue in queues if each in queue.instances] for each in instances}
    common = Common.now()
    outlooks = {
        queue.id: await plan_of(queue, queue.instances, rounds, at, common) for queue in queues
    }
    never = await unreached(served, instances, common.tallies, rounds, at)
    return WholePlan(queues, instances, outlooks, served, never)
