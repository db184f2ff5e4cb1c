"""Whoever sends a request: a browser with an id in its cookie, and perhaps a person signed in."""

import secrets
from typing import Any

from itsdangerous import BadSignature, Signer
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.fields import now
from models.sessions import LONGEST, Session
from models.users import User

PLAIN_COOKIE = "vqs"
SECURE_COOKIE = "__Host-vqs"


class Visitor:
    """`id` is random and names no row until somebody signs in with it."""

    def __init__(self, session_id: str | None) -> None:
        self.session = Session.of(session_id, now()) if session_id else None
        self.is_new = session_id is None
        self.id = session_id or secrets.token_urlsafe(32)
        self.set_cookie = False
        self.clear_cookie = False

    @property
    def user(self) -> User | None:
        return self.session.user if self.session else None

    def sign_in(self, user: User, connection: HTTPConnection) -> None:
        """A new id, so that one planted before is worth nothing."""
        if self.session:
            self.session.delete_instance()
        agent = connection.headers.get("user-agent", "")
        self.session, self.id = Session.begin(user, now(), peer(connection), agent)
        self.set_cookie = True

    def sign_out(self) -> None:
        if self.session:
            self.session.delete_instance()
            self.session = None
        self.clear_cookie = True

    def say(self, sentence: str, kind: str = "success") -> None:
        if self.session:
            self.session.say(sentence, kind)

    def heard(self) -> dict[str, str] | None:
        return self.session.heard() if self.session else None


class Visitors:
    """Reads the signed cookie before, and writes it after; the state is `request.state.visitor`."""

    def __init__(self, app: ASGIApp, cookie_key: bytes) -> None:
        self.app = app
        self.signer = Signer(cookie_key, salt="session")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        secure = connection.url.scheme == "https"
        visitor = Visitor(self._id(connection.cookies.get(_name(secure))))
        scope.setdefault("state", {})["visitor"] = visitor

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._answer(MutableHeaders(scope=message), visitor, secure)
            await send(message)

        await self.app(scope, receive, send_with_cookie)

    def _id(self, cookie: str | None) -> str | None:
        try:
            return self.signer.unsign(cookie).decode() if cookie else None
        except (BadSignature, UnicodeDecodeError):
            return None

    def _answer(self, headers: MutableHeaders, visitor: Visitor, secure: bool) -> None:
        shows_a_form = headers.get("content-type", "").startswith("text/html")
        if visitor.clear_cookie:
            headers.append("Set-Cookie", _cookie("", secure, 0))
        elif visitor.set_cookie or (visitor.is_new and shows_a_form):
            signed = self.signer.sign(visitor.id).decode()
            headers.append("Set-Cookie", _cookie(signed, secure, int(LONGEST.total_seconds())))


def peer(connection: HTTPConnection) -> str:
    """The address of the socket's other end; forwarding headers are not believed."""
    return connection.client.host if connection.client else "unknown"


def _name(secure: bool) -> str:
    return SECURE_COOKIE if secure else PLAIN_COOKIE


def _cookie(value: str, secure: bool, seconds: int) -> str:
    parts: list[Any] = [f"{_name(secure)}={value}", "Path=/", f"Max-Age={seconds}"]
    parts += ["HttpOnly", "SameSite=Lax", *(["Secure"] if secure else [])]
    return "; ".join(parts)
