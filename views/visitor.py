"""Whoever sends a request: a browser with an id in its cookie, and perhaps a person signed in."""

import secrets

from itsdangerous import BadSignature, Signer
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models import single_sign_on
from models.audit import Event
from models.fields import now
from models.sessions import LONGEST, Session
from models.users import User

# What is asked for without a person, by probes and browsers alike.
NOBODYS = ("/health", "/static/")
PLAIN_COOKIE = "vqs"
SECURE_COOKIE = "__Host-vqs"
# Browsers keep the other prefix for cookies of a whole site.
SECURE_COOKIE_BELOW = "__Secure-vqs"


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

    def become_another(self) -> str:
        """Under an id that nobody can have planted before; it is no session yet."""
        self.id = secrets.token_urlsafe(32)
        self.set_cookie = True
        return self.id

    def renew(self) -> None:
        """Stays signed in, under an id that nobody can have copied."""
        if self.session:
            self.id = self.session.renew()
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
    """Reads the signed cookie before, and writes it after; the state is `request.state.visitor`.

    Whom a trusted proxy has signed in needs no cookie to be known, and gets a session with one.
    """

    def __init__(
        self, app: ASGIApp, cookie_key: bytes, path: str = "", sso_role: str = "none"
    ) -> None:
        self.app = app
        self.signer = Signer(cookie_key, salt="session")
        self.path = path
        self.sso_role = sso_role

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        secure = connection.url.scheme == "https"
        visitor = Visitor(self._id(connection.cookies.get(self._name(secure))))
        state = scope.setdefault("state", {})
        state["visitor"] = visitor
        name = state.get("proxied_user")
        if name is not None and not scope["path"].startswith(NOBODYS):
            self._admit(visitor, name, connection)

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

    def _admit(self, visitor: Visitor, name: str, connection: HTTPConnection) -> None:
        """The name is the proxy's word: a session of anybody else ends."""
        user = single_sign_on.person(name, self.sso_role, now())
        if visitor.user == user:
            return
        if user is None:
            visitor.sign_out()
        else:
            visitor.sign_in(user, connection)
            about = "by the word of the proxy"
            Event.note("signed-in", now(), user=user, address=peer(connection), about=about)

    def _answer(self, headers: MutableHeaders, visitor: Visitor, secure: bool) -> None:
        shows_a_form = headers.get("content-type", "").startswith("text/html")
        if visitor.clear_cookie:
            headers.append("Set-Cookie", self._cookie("", secure, 0))
        elif visitor.set_cookie or (visitor.is_new and shows_a_form):
            signed = self.signer.sign(visitor.id).decode()
            longest = int(LONGEST.total_seconds())
            headers.append("Set-Cookie", self._cookie(signed, secure, longest))

    def _name(self, secure: bool) -> str:
        if not secure:
            return PLAIN_COOKIE
        return SECURE_COOKIE_BELOW if self.path else SECURE_COOKIE

    def _cookie(self, value: str, secure: bool, seconds: int) -> str:
        where = f"Path={self.path or '/'}"
        parts = [f"{self._name(secure)}={value}", where, f"Max-Age={seconds}"]
        parts += ["HttpOnly", "SameSite=Lax", *(["Secure"] if secure else [])]
        return "; ".join(parts)


def peer(connection: HTTPConnection) -> str:
    """The address that sent it: the socket's other end, or whom a trusted proxy names."""
    return connection.client.host if connection.client else "unknown"
