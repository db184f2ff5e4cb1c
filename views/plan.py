"""The plan: what the queues will come to at their present settings."""

from starlette.requests import Request
from starlette.responses import Response

from models.fields import now
from models.instances import Instance
from models.planning.plans import all_served
from views.endpoint import person
from views.render import render

POLL = 2


async def show(request: Request) -> Response:
    """As of the last count; while it is counted anew, the page asks again."""
    plan, is_being_made = await request.app.state.plans.of_house(now())
    instances, user = list(Instance.by_name()), person(request)
    served = all_served(instances)
    unread = {instance.name for each in served for instance in each.unread}
    goes_on = is_being_made or bool(unread)
    return render(
        request,
        "plan/show.html",
        plan=plan,
        served=served,
        instances=instances,
        may_change={each.queue.id: each.queue.may_be_changed_by(user) for each in served},
        unread=sorted(unread),
        active=goes_on,
        poll=POLL if goes_on else None,
    )
