"""Pausing and resuming a queue."""

from starlette.requests import Request
from starlette.responses import Response

from models.budgets import Ledger
from models.cards import Card
from models.fields import now
from models.queues import Queue
from views.endpoint import back_to
from views.queues import own
from views.render import go, render, wants_fragment


def create(request: Request) -> Response:
    queue = own(request)
    queue.pause(now())
    return answer(request, queue.id)


def destroy(request: Request) -> Response:
    queue = own(request)
    queue.resume(now())
    request.app.state.scheduler.nudge()
    return answer(request, queue.id)


def answer(request: Request, queue_id: int) -> Response:
    """The changed card to htmx, the page that it stood on to a plain form."""
    if wants_fragment(request):
        card = Card.of(Queue.get_by_id(queue_id), Ledger.at(now()))
        headers = {"HX-Trigger": "refresh"}
        return render(request, "queues/card.html", headers=headers, card=card)
    return go(request, back_to(request))
