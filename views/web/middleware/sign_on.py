"""Whom a trusted proxy has signed in needs no cookie to be known, and gets a session with one."""

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from models import happenings
from models.database import database
from models.database.fields import now
from models.people import single_sign_on
from views.web.visitor import Visitor, peer

# What is asked for without a person, by probes and browsers alike.
NOBODYS = ("/health", "/static/")


class SignOn:
    """Stands behind the checks of host and origin, so that a forged request begins nothing."""

    def __init__(self, app: ASGIApp, role: str) -> None:
        self.app = app
        self.role = role

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(NOBODYS):
            state = scope["state"]
            name = state.get("proxied_user")
            if name is not None:
                await database.work(self._admit, state["visitor"], name, HTTPConnection(scope))
        await self.app(scope, receive, send)

    def _admit(self, visitor: Visitor, name: str, connection: HTTPConnection) -> None:
        """The name is the proxy's word: a session of anybody else ends."""
        user = single_sign_on.person(name, self.role, now())
        if user is None and visitor.has_session:
            visitor.sign_out()
        elif visitor.user != user and user is not None:
            told = {"about": "by the word of the proxy", "address": peer(connection)}
            with database.atomic():
                visitor.sign_in(user, connection, by_proxy=True)
                happenings.note("signed-in", now(), told, person=user)
