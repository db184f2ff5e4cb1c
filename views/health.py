"""Health checks of containers and monitors: whether the program runs, serves and works."""

import asyncio
from collections.abc import Callable

from peewee import DatabaseError
from starlette.requests import Request
from starlette.responses import Response

from models.database import LostConnection, database
from models.household import Household
from models.opening.schema import is_behind
from views.web.marks import EVERYBODY, reads

# Less than a probe usually waits: 503 says more than silence does.
SECONDS = 3.0


@reads(EVERYBODY)
def live(request: Request) -> Response:
    """200 while this process answers, whatever the database does."""
    return Response(status_code=200)


@reads(EVERYBODY)
async def ready(request: Request) -> Response:
    """200 while pages can be served and the engine goes on, else 503."""
    work = request.app.state.work
    is_alive = work is None or work.is_alive
    return _told(is_alive and await _holds(_is_complete))


@reads(EVERYBODY)
async def show(request: Request) -> Response:
    """200 while the database answers, else 503."""
    return _told(await _holds(_answers))


def _told(well: bool) -> Response:
    return Response(status_code=200 if well else 503)


async def _holds(question: Callable[[], bool]) -> bool:
    try:
        async with asyncio.timeout(SECONDS):
            answer: bool = await database.work(question)
    except (DatabaseError, LostConnection, TimeoutError, Household.DoesNotExist):
        return False
    return answer


def _answers() -> bool:
    return Household.current() is not None


def _is_complete() -> bool:
    return _answers() and not is_behind(database.obj)
