"""Pausing and resuming a queue."""

from starlette.requests import Request
from starlette.responses import Response

from models.budgets import Ledger
from models.dashboard.cards import Card
from models.database import database
from models.database.fields import now
from models.queues import Queue
from models.searches.runs import Run
from views.queues import own
from views.web.endpoint import back_to
from views.web.marks import CHEAP, writes
from views.web.render import go, render, wants_fragment

STOPS = "Paused. The run stops after the search under way."


@writes("member", limit=CHEAP, event="queue-paused")
def create(request: Request) -> Response:
    queue = own(request)
    words = STOPS if pause(queue) else ""
    return answer(request, queue.id, words)


def pause(queue: Queue) -> bool:
    """Whether a run is going on, which stops."""
    at = now()
    queue.pause(at)
    return Run.stop_for_pause(queue, at)


@writes("member", limit=CHEAP, event="queue-resumed")
def destroy(request: Request) -> Response:
    queue = own(request)
    resume(queue)
    return answer(request, queue.id)


def resume(queue: Queue) -> None:
    queue.resume(now())
    database.notify("schedule")


def answer(request: Request, queue_id: int, words: str = "") -> Response:
    """htmx gets the changed card, a plain form goes back to its page."""
    if wants_fragment(request):
        card = Card.of(Queue.get_by_id(queue_id), Ledger.at(now()))
        headers = {"HX-Trigger": "refresh"}
        return render(request, "queues/card.html", headers=headers, card=card)
    return go(request, back_to(request), words)
