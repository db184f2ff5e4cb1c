"""A browser without script, and what htmx would send from the same forms."""

import re
from html import unescape
from types import TracebackType
from typing import Any, Self

import httpx
from itsdangerous import Signer
from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.types import ASGIApp

from models.database.encryption import Keyring
from models.database.fields import now
from models.people import User
from models.people.known_browsers import KnownBrowser
from models.people.sessions import Session
from views.web.visitor import BROWSER, PLAIN_COOKIE

ADDRESS = "http://127.0.0.1:7337"
# For whoever is signed in it leads to a small page.
FORM = "/session/new?next=/nowhere"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
TOKEN = re.compile(r'name="token" value="([^"]+)"')
# Round the tags of blocks a browser shows no white space.
BLOCK = re.compile(
    r" ?(</?(?:p|div|ul|ol|li|dl|dt|dd|h[1-4]|form|button|details|summary|section|header|footer)\b"
    r"[^<>]*>) ?"
)


class Shown(httpx.AsyncBaseTransport):
    """Pages with white space as a browser shows it, so that templates may break their lines."""

    def __init__(self, app: ASGIApp, peer: str) -> None:
        self.inner = httpx.ASGITransport(app, client=(peer, 50_000))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        kind, packed = (answer.headers.get(f"content-{word}", "") for word in ("type", "encoding"))
        if packed or not kind.startswith("text/html"):
            return answer
        page = (await answer.aread()).decode()
        headers = [each for each in answer.headers.raw if each[0].lower() != b"content-length"]
        shown = BLOCK.sub(r"\1", re.sub(r"\s+", " ", page))
        return httpx.Response(answer.status_code, headers=headers, content=shown.encode())


class Browser:
    """`text` is the last page, unescaped; redirects of forms are followed, as browsers do."""

    def __init__(self, app: ASGIApp, peer: str = "127.0.0.1", below: str = "") -> None:
        self.http = httpx.AsyncClient(
            transport=Shown(app, peer),
            base_url=ADDRESS + below,
            headers={"Accept-Encoding": "identity"},
        )
        self.app = app
        self._tokens: dict[frozenset[tuple[str, str, str | None]], str] = {}

    @property
    def state(self) -> State:
        """The state that the program's layers share."""
        inner: Any = self.app
        while not isinstance(inner, Starlette):
            inner = inner.app
        return inner.state

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.http.aclose()

    async def get(self, path: str, *, htmx: bool = False) -> httpx.Response:
        """A page, redirects followed; or a fragment, not."""
        headers = HTMX if htmx else {}
        return await self.http.get(path, headers=headers, follow_redirects=not htmx)

    async def post(
        self, path: str, *, htmx: bool = False, follow: bool = True, **fields: Any
    ) -> httpx.Response:
        """The body that a form with these fields would send, with its token.

        `method="DELETE"` stands for the hidden field `_method`; lists are sent as several fields.
        """
        if "method" in fields:
            fields["_method"] = fields.pop("method")
        if "token" not in fields:
            fields["token"] = await self._known_token()
        headers = {"Sec-Fetch-Site": "same-origin", **(HTMX if htmx else {})}
        answer = await self.http.post(path, data=fields, headers=headers)
        if follow and answer.status_code == 303:
            return await self.get(f"{ADDRESS}{answer.headers['location']}")
        return answer

    async def _known_token(self) -> str:
        """One token fits as long as the browser keeps its cookies."""
        if self._cookies not in self._tokens:
            token = await self.token()
            self._tokens[self._cookies] = token
        return self._tokens[self._cookies]

    @property
    def _cookies(self) -> frozenset[tuple[str, str, str | None]]:
        return frozenset((each.domain, each.name, each.value) for each in self.http.cookies.jar)

    async def token(self) -> str:
        page = await self.http.get(FORM, follow_redirects=True)
        found = TOKEN.search(page.text)
        assert found, f"no form on {page.url}"
        return unescape(found[1])

    def let_in(self, user: User, keyring: Keyring) -> None:
        """What signing in leaves, without the form: a session, a known browser, their cookies."""
        at = now()
        known = KnownBrowser.remember(None, user, at)
        _, session = Session.begin(user, at, "127.0.0.1", "a browser", browser_id=known)
        self._keep(PLAIN_COOKIE, Signer(keyring.cookie_key, salt="session").sign(session))
        self._keep(PLAIN_COOKIE + BROWSER, Signer(keyring.cookie_key, salt="browser").sign(known))

    def _keep(self, name: str, value: bytes) -> None:
        self.http.cookies.set(name, value.decode(), domain="127.0.0.1", path="/")

    async def sign_in(self, name: str, password: str, *, follow: bool = True) -> httpx.Response:
        return await self.post("/session", follow=follow, name=name, password=password, next="/")
