"""The visitor of a request: a browser with an id in its cookie, and the signed-in person."""

import secrets

from itsdangerous import BadSignature, Signer
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.database import database
from models.database.fields import now
from models.forms.held_forms import HeldForm
from models.people import User
from models.people.keys import ApiKey
from models.people.known_browsers import LASTS, KnownBrowser
from models.people.sessions import LONGEST, Session

PLAIN_COOKIE = "vqs"
SECURE_COOKIE = "__Host-vqs"
# Browsers accept __Host- only for cookies of a whole site.
SECURE_COOKIE_BELOW = "__Secure-vqs"
# Suffix of the second cookie, the id of a browser in which somebody has signed in.
BROWSER = "-browser"
# No visitor belongs to these, so that they answer while the database does not.
PROBES = ("/health", "/health/live", "/health/ready")
STATIC = "/static/"
# Other programs ask here: an API key alone says who asks, no cookie and no proxy.
API = "/api/v1"
METRICS = "/metrics"
# Instances send to these, and the secret in the address alone says who does.
HOOKS = "/hooks/"


class Visitor:
    """`id` is random and names no row until somebody signs in with it.

    `proxied_name` is the name that the trusted proxy gives in this request, or None.
    `key` is the API key that the request was let in by.
    """

    key: ApiKey | None = None

    def __init__(
        self,
        session_id: str | None,
        browser_id: str | None = None,
        proxied_name: str | None = None,
    ) -> None:
        self._stored = Session.of(session_id, now()) if session_id else None
        self.session = self._stored if _counts(self._stored, proxied_name) else None
        self.is_new = session_id is None
        self.id = session_id or secrets.token_urlsafe(32)
        self.browser_id = browser_id
        self.set_cookie = False
        self.clear_cookie = False
        self.set_browser_cookie = False

    @property
    def user(self) -> User | None:
        if self.key:
            return self.key.user
        return self.session.user if self.session else None

    @property
    def has_session(self) -> bool:
        """Whether a session is stored, even if it does not count in this request."""
        return self._stored is not None

    def sign_in(self, user: User, connection: HTTPConnection, *, by_proxy: bool = False) -> None:
        """Begins a session under a new id, so that an id planted before is worth nothing."""
        if self._stored:
            self._stored.delete_instance()
        if not by_proxy:
            self.browser_id = KnownBrowser.remember(self.browser_id, user, now())
            self.set_browser_cookie = True
        before, agent = self.id, connection.headers.get("user-agent", "")
        self.session, self.id = Session.begin(
            user,
            now(),
            peer(connection),
            agent,
            browser_id=None if by_proxy else self.browser_id,
            by_proxy=by_proxy,
        )
        self._stored = self.session
        HeldForm.pass_on(before, self.id)
        self.set_cookie = True

    def become_another(self, name: str | None = None) -> str:
        """Takes an id that nobody can have planted before; it is no session yet."""
        before, self.id = self.id, name or secrets.token_urlsafe(32)
        HeldForm.pass_on(before, self.id)
        self.set_cookie = True
        return self.id

    def renew(self) -> None:
        """Stays signed in under a new id, which nobody can have copied."""
        if self.session:
            self.id = self.session.renew()
            self.set_cookie = True

    def sign_out(self) -> None:
        if self._stored:
            self._stored.delete_instance()
        self._stored = self.session = None
        self.clear_cookie = True

    def say(self, sentence: str, kind: str = "success") -> None:
        if self.session:
            self.session.say(sentence, kind)

    def heard(self) -> dict[str, str] | None:
        return self.session.heard() if self.session else None


class Visitors:
    """Sets `request.state.visitor` from the signed cookies, and writes changed cookies back."""

    def __init__(self, app: ASGIApp, cookie_key: bytes, path: str = "") -> None:
        self.app = app
        self.signer = Signer(cookie_key, salt="session")
        self.browser_signer = Signer(cookie_key, salt="browser")
        self.path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        path = scope["path"]
        if path in PROBES or path.startswith(STATIC) or is_of_programs(path):
            state["visitor"] = Visitor(None)
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        secure = connection.url.scheme == "https"
        cookies, name = connection.cookies, self._name(secure)
        visitor = state["visitor"] = await database.work(
            Visitor,
            _unsigned(self.signer, cookies.get(name)),
            _unsigned(self.browser_signer, cookies.get(name + BROWSER)),
            state.get("proxied_user"),
        )

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._answer(MutableHeaders(scope=message), visitor, secure)
            await send(message)

        await self.app(scope, receive, send_with_cookie)

    def _answer(self, headers: MutableHeaders, visitor: Visitor, secure: bool) -> None:
        name = self._name(secure)
        shows_a_form = headers.get("content-type", "").startswith("text/html")
        if visitor.clear_cookie:
            headers.append("Set-Cookie", self._cookie(name, "", secure, 0))
        elif visitor.set_cookie or (visitor.is_new and shows_a_form):
            signed = self.signer.sign(visitor.id).decode()
            longest = int(LONGEST.total_seconds())
            headers.append("Set-Cookie", self._cookie(name, signed, secure, longest))
        if visitor.set_browser_cookie and visitor.browser_id:
            signed = self.browser_signer.sign(visitor.browser_id).decode()
            longest = int(LASTS.total_seconds())
            headers.append("Set-Cookie", self._cookie(name + BROWSER, signed, secure, longest))

    def _name(self, secure: bool) -> str:
        if not secure:
            return PLAIN_COOKIE
        return SECURE_COOKIE_BELOW if self.path else SECURE_COOKIE

    def _cookie(self, name: str, value: str, secure: bool, seconds: int) -> str:
        where = f"Path={self.path or '/'}"
        parts = [f"{name}={value}", where, f"Max-Age={seconds}"]
        parts += ["HttpOnly", "SameSite=Lax", *(["Secure"] if secure else [])]
        return "; ".join(parts)


def is_of_programs(path: str) -> bool:
    """Whether only other programs ask at this address: no cookie and no proxy says who they are."""
    return path in (API, METRICS) or path.startswith((f"{API}/", HOOKS))


def peer(connection: HTTPConnection) -> str:
    """The client's address: the socket's other end, or the one that a trusted proxy names."""
    return connection.client.host if connection.client else "unknown"


def _counts(session: Session | None, proxied_name: str | None) -> bool:
    """Whether the session counts: one that a proxy began needs the proxy to name them now."""
    return session is not None and (not session.by_proxy or session.user.name == proxied_name)


def _unsigned(signer: Signer, cookie: str | None) -> str | None:
    try:
        return signer.unsign(cookie).decode() if cookie else None
    except (BadSignature, UnicodeDecodeError):
        return None
