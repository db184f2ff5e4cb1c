"""The preview of a queue's next run, and the consent to start it."""

from datetime import datetime, time, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.batches import Batch, Pick
from models.budgets import Ledger
from models.budgets.gates import held, outside_hours
from models.dashboard.setup_steps import step
from models.database import database
from models.database.fields import now
from models.forms.queues import ConsentForm
from models.instances import Instance
from models.people import User
from models.plan import plan_of
from models.plan.paces import Common
from models.queues import Queue
from models.scores.shelves import are_unread
from views.queues import own
from views.web.endpoint import found, person
from views.web.limits import A_BACKLOG
from views.web.marks import CHEAP, reads, writes
from views.web.render import go, render

REQUESTS_PER_SEARCH = 5
UNCLEAR = "Choose when it starts: now or at 03:00."
STARTED = "This queue is started already."
NIGHT = time(3, 0)


@reads(limit=A_BACKLOG)
async def show(request: Request) -> Response:
    queue = found(Queue, request)
    Queue.give_instances([queue], Instance.select())
    instances, common, batch = queue.instances, Common.now(), Batch(queue, now())
    ledger = Ledger(common.household, now())
    picks = await batch.chosen()
    counts = queue.counts()
    outlook = await plan_of(queue, instances, request.app.state.rounds, now(), common)
    unread = outlook.unread
    return render(
        request,
        "queues/preview.html",
        household=common.household,
        queue=queue,
        instances=instances,
        unread=unread,
        picks=picks,
        apart=batch.apart,
        counts=counts,
        scanning=are_unread(queue),
        waiting=queue.waiting(held(instances, ledger)),
        outlook=outlook,
        requests=len(picks) * REQUESTS_PER_SEARCH,
        lasts=_lasts(picks),
        impatient=await database.aside(batch.without_cooldown().number),
        shut=outside_hours(queue, now()),
        step=step(),
        active=bool(unread),
        poll=2 if unread else None,
    )


@writes("member", limit=CHEAP, event="queue-started")
def create(request: Request) -> Response:
    """Starts the queue: now, or at the next 03:00 in this person's time zone."""
    queue = own(request)
    draft = ConsentForm.read(request.state.fields)
    if not draft.is_good:
        raise HTTPException(422, UNCLEAR)
    if queue.started_at is not None:
        request.state.event = None
        return go(request, f"/queues/{queue.id}", STARTED, kind="notice")
    start = draft.form.start
    user, at = person(request), now()
    asked, first = begin(queue, user, at, by_night=start == "night")
    local, today = (each.astimezone(user.zone) for each in (first, at))
    day = "" if local - today < timedelta(hours=20) else f" on {local:%A}"
    when = f"starts{day} at {local:%H:%M}"
    if first != asked:
        return go(request, "/", f"“{queue.name}” {when}, when its hours begin.")
    return go(request, "/", f"“{queue.name}” {when if start == 'night' else 'is started'}.")


def begin(queue: Queue, user: User, at: datetime, *, by_night: bool) -> tuple[datetime, datetime]:
    """Starts the queue; returns when its first run was asked for, and when it is due."""
    asked = next_night(user, at) if by_night else at
    first = queue.start(asked)
    database.notify("schedule")
    return asked, first


def next_night(user: User, at: datetime) -> datetime:
    local = at.astimezone(user.zone)
    night = datetime.combine(local.date(), NIGHT, local.tzinfo)
    return night if night > local else night + timedelta(days=1)


def _lasts(picks: list[Pick]) -> int:
    """The shortest time of the run, in seconds: instances search at once, each with its spacing."""
    by_instance: dict[int, int] = {}
    for pick in picks:
        instance = pick.items[0].instance
        before = by_instance.get(instance.id)
        by_instance[instance.id] = 0 if before is None else before + instance.spacing_seconds
    return max(by_instance.values(), default=0)
