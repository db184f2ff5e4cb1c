"""For container checks: whether the program serves, and nothing else."""

from peewee import DatabaseError
from starlette.requests import Request
from starlette.responses import Response

from models.house import House
from views.endpoint import public


@public
def show(request: Request) -> Response:
    """200 while the database answers, else 503; never with content."""
    try:
        House.current()
    except (DatabaseError, House.DoesNotExist):
        return Response(status_code=503)
    return Response(status_code=200)
