"""For container checks: whether the program serves, and nothing else."""

from peewee import DatabaseError
from starlette.requests import Request
from starlette.responses import Response

from models.household import Household
from views.web.marks import EVERYBODY, reads


@reads(EVERYBODY)
def show(request: Request) -> Response:
    """200 while the database answers, else 503; never with content."""
    try:
        Household.current()
    except (DatabaseError, Household.DoesNotExist):
        return Response(status_code=503)
    return Response(status_code=200)
