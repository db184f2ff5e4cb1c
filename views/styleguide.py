"""The style guide: every component in every state."""

from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from models.backlog.eligibility import Reason
from models.budgets import DAY, HOUR, Allowance
from models.budgets.gates import Gate
from models.dashboard.board import InstanceCard
from models.database.fields import now
from models.instances import Instance
from models.instances.health import HALF_HOUR, Answers, Stretch, half_hour
from models.parts import PartState
from views.web.render import render

ANSWERS = {
    "good": Answers(12, 0, 0, 420),
    "slow": Answers(11, 4, 1, 33_000),
    "silent": Answers(0, 0, 3, 0),
    "none": Answers(),
}


def show(request: Request) -> Response:
    return render(request, "styleguide/index.html", board=_board(now()), parts=_parts(now()))


def _parts(at: datetime) -> list[PartState]:
    """A part in each state, those of an instance with its page."""
    ago = at - timedelta(minutes=2)
    free = "0.6 GB are free on the disk of the data folder."
    gone = "Movies in 4K (Radarr) cannot be reached: the connection was refused."
    return [
        PartState("Scheduler", "well", "It begins what is due.", "", ago),
        PartState("Disk", "warning", free, "Make room before it is full."),
        PartState("Movies in 4K", "fault", gone, "", ago, "/instances"),
        PartState("Movies", "off", "Switched off.", "", ago, "/instances"),
        PartState("Database", "waiting", "It was not checked lately."),
    ]


def _board(at: datetime) -> list[InstanceCard]:
    """An instance that is well, one that a gate holds, and one that does not answer."""
    full = Gate("disk", "Less than 10 GB are free on /films of Movies.", at + 15 * HALF_HOUR)
    gone: dict[str, Any] = {
        "fault": "Movies in 4K (Radarr) cannot be reached: the connection was refused.",
        "faulty_since": at - timedelta(hours=2),
        "retry_at": at + timedelta(minutes=4),
    }
    return [
        _card(1, "Living room", "sonarr", at, ("good", "none", "good", "slow")),
        _card(2, "Movies", "radarr", at, ("good",), gate=full, spent=10, tight_free=9 * 10**9),
        _card(3, "Movies in 4K", "radarr", at, ("good", "good", "slow", "silent"), **gone),
    ]


def _card(
    number: int,
    name: str,
    application: str,
    at: datetime,
    parts: tuple[str, ...],
    *,
    gate: Gate | None = None,
    spent: int = 3,
    **columns: Any,
) -> InstanceCard:
    """A card; `parts` are the states of its day, each for as long as the others."""
    told = {"version": "4.0.17", "downloads": 2, "tight_folder": "/data", "synced_at": at}
    row = Instance(id=number, name=name, application=application, **told | columns)
    first = half_hour(at) - 47 * HALF_HOUR
    states = [parts[place * len(parts) // 48] for place in range(48)]
    return InstanceCard(
        row,
        [Stretch(first + n * HALF_HOUR, each, ANSWERS[each]) for n, each in enumerate(states)],
        [
            Allowance(name, HOUR, 10, spent, at + timedelta(minutes=9) if spent == 10 else None),
            Allowance(name, DAY, 100, spent * 7, None),
        ],
        gate,
        {("missing", Reason.ELIGIBLE): 842, ("upgrade", Reason.ELIGIBLE): 1204},
        4,
        None,
        [],
        at,
    )
