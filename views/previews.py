"""What the next run of a queue would search, and the consent to it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.batches import Batch
from models.fields import now
from models.queues import Queue
from models.setup_steps import step
from models.users import User
from views.endpoint import found, person
from views.queues import own
from views.render import go, render

REQUESTS_PER_SEARCH = 5
UNCLEAR = "Say when it starts: now, or at night."
NIGHT = time(3, 0)


def show(request: Request) -> Response:
    queue = found(Queue, request)
    instances = queue.instances
    unread = [each for each in instances if each.synced_at is None and not each.disabled_at]
    picks = Batch(queue, now()).picks()
    batch = [pick.items[0] for pick in picks]
    counts = queue.counts()
    return render(
        request,
        "queues/preview.html",
        queue=queue,
        instances=instances,
        unread=unread,
        batch=batch,
        counts=counts,
        days=queue.days_for(sum(counts.values())),
        requests=len(batch) * REQUESTS_PER_SEARCH,
        lasts=_lasts(batch),
        may_change=queue.may_be_changed_by(person(request)),
        step=step(),
        active=bool(unread),
        poll=2 if unread else None,
    )


def create(request: Request) -> Response:
    """*Start now*, or at 03:00 of this person's next night."""
    queue = own(request)
    start = dict(request.state.fields).get("start")
    if start not in ("now", "night"):
        raise HTTPException(422, UNCLEAR)
    if start == "night":
        queue.start(next_night(person(request), now()))
        request.app.state.scheduler.nudge()
        return go(request, "/", f"“{queue.name}” starts at 03:00.")
    queue.start(now())
    request.app.state.scheduler.nudge()
    return go(request, "/", f"“{queue.name}” is started.")


def next_night(user: User, at: datetime) -> datetime:
    local = at.astimezone(ZoneInfo(user.time_zone))
    night = datetime.combine(local.date(), NIGHT, local.tzinfo)
    return night if night > local else night + timedelta(days=1)


def _lasts(batch: list) -> int:
    """Seconds: several instances search at once, each with its spacing."""
    by_instance: dict[int, int] = {}
    for item in batch:
        spacing = item.instance.spacing_seconds
        by_instance[item.instance_id] = by_instance.get(item.instance_id, 0) + spacing
    return max(by_instance.values(), default=0)
