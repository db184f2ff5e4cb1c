"""Signs a person in whom a trusted proxy names, without asking for a password."""

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from models import happenings
from models.database import database
from models.database.fields import now
from models.people import single_sign_on
from views.web.visitor import Visitor, is_of_programs, peer

# Probes and browsers ask for these without a person.
NOBODYS = ("/health", "/static/", "/manifest.webmanifest")


class SignOn:
    """Runs after the checks of host and origin, so that a forged request begins no session."""

    def __init__(self, app: ASGIApp, role: str) -> None:
        self.app = app
        self.role = role

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_nobodys(scope["path"]):
            state = scope["state"]
            name = state.get("proxied_user")
            if name is not None:
                await database.work(self._admit, state["visitor"], name, HTTPConnection(scope))
        await self.app(scope, receive, send)

    def _admit(self, visitor: Visitor, name: str, connection: HTTPConnection) -> None:
        """Believes the proxy's name: ends another person's session, begins one for this person."""
        user = single_sign_on.person(name, self.role, now())
        if user is None and visitor.has_session:
            visitor.sign_out()
        elif visitor.user != user and user is not None:
            told = {"about": "by the word of the proxy", "address": peer(connection)}
            with database.atomic():
                visitor.sign_in(user, connection, by_proxy=True)
                happenings.note("signed-in", now(), told, person=user)


def _is_nobodys(path: str) -> bool:
    return path.startswith(NOBODYS) or is_of_programs(path)
