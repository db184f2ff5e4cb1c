"""Answers only requests sent to our own host names, which stops DNS rebinding."""

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from models.environment.network import is_at_home, name_of

NO_NAME = "The request has no Host header that names this server."
STRANGE = (
    "This program does not answer to the name {}. "
    "If the name is yours, add it to VQS_ALLOWED_HOSTS and restart the program."
)


class Hosts:
    """Refuses with 421 a request to a public name that VQS_ALLOWED_HOSTS does not list."""

    def __init__(
        self,
        app: ASGIApp,
        allowed: tuple[str, ...],
        refuse: Callable[[Request, HTTPException], Awaitable[Response]],
    ) -> None:
        self.app = app
        self.allowed = allowed
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sentence = self._objection(scope) if scope["type"] == "http" else None
        if sentence is None:
            await self.app(scope, receive, send)
            return
        refusal = await self.refuse(Request(scope), HTTPException(421, sentence))
        await refusal(scope, receive, send)

    def _objection(self, scope: Scope) -> str | None:
        hosts: list[str] = scope["state"]["asked_hosts"]
        for host in hosts:
            if not is_at_home(host, self.allowed):
                name = name_of(host)
                return STRANGE.format(name) if name else NO_NAME
        return None if hosts else NO_NAME
