"""S37: no address, query or form makes the program fail, whatever is in it."""

import asyncio
import inspect
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Literal, get_args, get_origin
from urllib.parse import quote_from_bytes, unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from itsdangerous import Signer

from jobs.engine import Engine
from models.backlog import Item
from models.database.encryption import Keyring
from models.database.fields import now
from models.forms import Form
from models.instances import Instance
from models.people import User
from models.people.invitations import Invitation
from models.people.keys import ApiKey
from models.people.names import key_of
from models.people.second_factors import SecondFactor
from models.people.sessions import Session
from models.people.throttles import Throttle
from models.queues import Queue
from models.searches.runs import Run
from tests.conftest import PASSWORD, SETUP_TOKEN, START
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.programs import BODIES
from tests.timing import every
from tests.views.typed import instance_fields, queue_fields, settled
from tests.wanted import wanted
from views.api.declared import ENDPOINTS
from views.api.endpoints import Endpoint
from views.api.openapi import plain
from views.routes import pages
from views.web import tokens
from views.web.limits import Limits
from views.web.visitor import API

pytestmark = pytest.mark.long

VIEWS = Path(tokens.__file__).parent
FORM = b"application/x-www-form-urlencoded"
NOWHERE = "http://127.0.0.1:9"
NEW = "another walk by the sea"
ACCOUNT = {
    "name": "Alice",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "time_zone": "UTC",
    "setup_token": SETUP_TOKEN,
}
FORMS: list[tuple[str, str, dict[str, Any]]] = [
    ("/setup", "POST", ACCOUNT),
    ("/session", "POST", {"name": "alice", "password": PASSWORD, "next": "/"}),
    ("/session", "DELETE", {}),
    ("/sessions", "DELETE", {}),
    ("/sessions/{id}", "DELETE", {}),
    ("/profile", "PATCH", {"name": "Alice", "time_zone": "UTC", "theme": "dark"}),
    ("/password", "PATCH", {"own_password": PASSWORD, "password": NEW, "password_again": NEW}),
    ("/password/hint", "POST", {"name": "Alice", "password": PASSWORD}),
    ("/people/{id}", "PATCH", {"role": "member"}),
    ("/people/{id}", "DELETE", {"heir": "1", "own_password": PASSWORD}),
    ("/people/{id}/suspension", "POST", {}),
    ("/people/{id}/suspension", "DELETE", {}),
    ("/people/invitations", "POST", {"name": "Zoe", "role": "member"}),
    ("/people/invitations/{id}", "DELETE", {}),
    ("/hold", "POST", {}),
    ("/hold", "DELETE", {}),
    ("/checks", "POST", instance_fields(NOWHERE)),
    ("/instances", "POST", instance_fields(NOWHERE, anyway="1")),
    ("/instances/{id}", "PATCH", instance_fields(NOWHERE, anyway="1")),
    ("/instances/{id}", "DELETE", {}),
    ("/instances/{id}/checks", "POST", {}),
    ("/instances/{id}/syncs", "POST", {}),
    ("/queues", "POST", queue_fields(1)),
    ("/queues/{id}", "PATCH", queue_fields(1)),
    ("/queues/{id}", "DELETE", {}),
    ("/queues/{id}/pause", "POST", {}),
    ("/queues/{id}/pause", "DELETE", {}),
    ("/queues/{id}/consent", "POST", {"start": "now"}),
    ("/queues/{id}/runs", "POST", {}),
    ("/runs/{id}", "DELETE", {}),
]
# A value that each field would take; for those that are not here, one of its kind will do.
PLAUSIBLE = {
    **ACCOUNT,
    "name": "Zoe",
    "own_password": PASSWORD,
    "heir": "1",
    "item": "1",
    "code": "123456",
    "until": "30",
    "api_key": FakeArr.key,
    "url": NOWHERE,
}


def _plausible(form: type[Form]) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for name, info in form.model_fields.items():
        if get_origin(info.annotation) is Literal:
            typed[name] = str(get_args(info.annotation)[0])
        else:
            typed[name] = PLAUSIBLE.get(name, {int: "5", bool: "1"}.get(info.annotation, "x"))  # type: ignore[call-overload]
    return typed


def _later_ones() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each change that is not written out above, with every form that its view knows of."""
    known = {(path, method) for path, method, _ in FORMS}
    for route in pages():
        path = route.path.replace(":id}", "}")
        views = inspect.getclosurevars(route.endpoint).nonlocals.get("by_method", {})
        for method, view in views.items():
            if method == "GET" or (path, method) in known:
                continue
            there = vars(sys.modules[view.__module__]).values()
            forms = [each for each in there if isinstance(each, type) and issubclass(each, Form)]
            yield from ((path, method, _plausible(form)) for form in forms)
            if not forms:
                yield path, method, {}


FORMS += _later_ones()
PATHS = [route.path.replace(":id}", "}").replace("{name:path}", "x") for route in pages()]
# Every parameter that some view asks for.
QUERIES = sorted(
    {
        name
        for path in VIEWS.glob("*.py")
        for name in re.findall(r'(?:query\(request, |query_params\.get\()"(\w+)"', path.read_text())
    }
    | {"seen", "page"}
)
# Every parameter of some list.
ASKED = sorted({name for each in ENDPOINTS if each.asked for name in each.asked.model_fields})
KNOWN = ["POST", "PATCH", "DELETE", "PUT", "get", "now", "night", "missing", "cutoff", "hours", "1"]
JUNK = [
    *(
        "",
        " ",
        "\0",
        "-1",
        "0",
        "5",
        "99999999999999999999",
        "9" * 5000,
        "1e309",
        "NaN",
        "٣",
        "1_0",
    ),
    *(
        "true",
        "\u200b",
        "😀",
        "\ud800",
        "'\"<b>&",
        "%",
        "_",
        "a" * 70_000,
        "\r\nX-Evil: 1",
        "\u202e",
    ),
    *(
        "http://[",
        "http://127.0.0.1:9/api",
        "//evil.example",
        "/\\evil",
        "/ü€",
        "../..",
        "UTC",
        "é",
    ),
]
values = st.one_of(st.sampled_from(JUNK), st.sampled_from(KNOWN), st.text(max_size=20))
ids = st.sampled_from(
    ["{id}", "{id}", "0", "999", "99999999999999999999", "9" * 5000, "-1", "x", "1.0"]
)
names = st.one_of(
    st.sampled_from(
        sorted({name for _, _, typed in FORMS for name in typed} | {"token", "_method"})
    ),
    st.text(max_size=8),
)
headers = st.lists(
    st.one_of(
        st.sampled_from(
            [
                (b"hx-request", b"true"),
                (b"hx-request-type", b"partial"),
                (b"referer", b"http://["),
                (b"referer", b"http://127.0.0.1:7337//evil.example"),
                (b"host", b"["),
                (b"host", b"a b:99999"),
                (b"origin", b"http://["),
                (b"cookie", b'vqs="\xff'),
                (b"accept-encoding", b"gzip;q=x, \xff"),
                (b"content-length", b"-1"),
                (b"content-type", b"application/x-www-form-urlencoded; charset=utf-16; boundary="),
                (b"content-type", b"multipart/form-data"),
                (b"x-forwarded-for", b"\xff"),
                (b"user-agent", b"\xff" * 300),
            ]
        ),
        st.tuples(
            st.sampled_from([b"referer", b"host", b"cookie", b"hx-request", b"user-agent"]),
            st.binary(max_size=20),
        ),
    ),
    max_size=3,
)
bounded = settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Household:
    """An app with rows to point at, and whoever signs in to it anew each time."""

    browser: Browser
    alice: User
    keyring: Keyring
    engine: Engine
    ids: dict[str, int] = field(default_factory=dict)
    invitation: str = "none"
    turns: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        """An hour passes between two requests, so that nobody asks too often."""
        hours = count()
        self.browser.state.limits = Limits(lambda: next(hours) * 3600.0)

    def put_right(self) -> None:
        """Rows that the last request deleted are made again."""
        Throttle.delete().execute()
        instance = Instance.select().order_by(Instance.id).first() or Instance.create(
            name="Attic",
            key=key_of("Attic"),
            application="sonarr",
            url="demo://sonarr",
            api_key=FakeArr.key,
            created_at=START,
        )
        queue = Queue.select().order_by(Queue.id).first()
        if queue is None:
            queue = Queue.create(
                owner=self.alice,
                name="Nightly",
                key="nightly",
                strategy="missing",
                batch_size=2,
                schedule_json=every(60),
                created_at=START,
            )
            queue.serve([instance])
        run = Run.select().order_by(Run.id.desc()).first()
        if run is None:
            run = Run.start(queue, START, trigger="person")
        item = Item.select().order_by(Item.id).first() or wanted(instance)
        self.ids = {
            "instances": instance.id,
            "queues": queue.id,
            "runs": run.id,
            "items": item.id,
            **self._people(),
        }

    def _people(self) -> dict[str, int]:
        """Alice as she was, somebody else, and an invitation that she made."""
        as_she_was = {**self.alice.__data__, "disabled_at": None, "role": "admin"}
        User.update(as_she_was).where(User.id == self.alice.id).execute()
        SecondFactor.delete().execute()
        # By turns there is none, one that was begun, and one that counts.
        if turn := next(self.turns) % 3:
            begun = SecondFactor.create(
                user=self.alice, secret="JBSWY3DPEHPK3PXP" * 2, begun_at=now()
            )
            begun.change(confirmed_at=now() if turn == 2 else None)
        other = User.get_or_none(User.id != self.alice.id) or User.create(
            name="Bob",
            key="bob",
            password_hash=self.alice.password_hash,
            role="member",
            time_zone="UTC",
            created_at=START,
        )
        Invitation.delete().execute()
        made, self.invitation = Invitation.make(self.alice, "viewer", "Zoe", now())
        return {"people": other.id, "invitations": made.id}

    def path(self, template: str, number: str) -> str:
        kind = template.partition("/{id}")[0].rpartition("/")[2]
        template = template.replace("{token}", self.invitation)
        return template.replace("{id}", number).replace("{id}", str(self.ids.get(kind, 1)))

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: bytes = b"",
        pairs: list[tuple[str, str]] | None = None,
        body: bytes = b"",
        extra: list[tuple[bytes, bytes]] | None = None,
        signed_in: bool = True,
    ) -> int:
        """The status; what is raised in the program is raised here."""
        session_id = "nobody"
        if signed_in:
            _, session_id = Session.begin(self.alice, START.now(START.tzinfo), "127.0.0.1", "")
        cookie = Signer(self.keyring.cookie_key, salt="session").sign(session_id)
        if pairs is not None:
            token = tokens.issue(self.keyring.form_key, session_id)
            body = _encoded([("token", token), *pairs])
        ours = [
            (b"host", b"127.0.0.1:7337"),
            (b"cookie", b"vqs=" + cookie),
            (b"content-type", FORM),
            (b"sec-fetch-site", b"same-origin"),
            (b"content-length", str(len(body)).encode()),
        ]
        given = {name for name, _ in extra or []}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path.encode("ascii", "ignore").decode()) or "/",
            "raw_path": path.encode("ascii", "ignore"),
            "root_path": "",
            "query_string": query,
            "headers": [*(pair for pair in ours if pair[0] not in given), *(extra or [])],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 7337),
        }
        return await _status(self.browser.app, scope, body)


async def _status(app: Any, scope: dict[str, Any], body: bytes) -> int:
    statuses: list[int] = []
    bodies = iter([body])

    async def receive() -> dict[str, Any]:
        """The body, and after it nothing, as from a client that waits for the answer."""
        for each in bodies:
            return {"type": "http.request", "body": each, "more_body": False}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
            for name, value in message["headers"]:
                assert b"\n" not in value and b"\r" not in value, (name, value)

    await app(scope, receive, send)
    assert len(statuses) == 1
    return statuses[0]


def _encoded(pairs: list[tuple[str, str]]) -> bytes:
    def escaped(text: str) -> str:
        return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")

    return "&".join(f"{escaped(name)}={escaped(value)}" for name, value in pairs).encode()


@st.composite
def forms(draw: st.DrawFn) -> tuple[str, str, list[tuple[str, str]]]:
    """A real form with fields that are missing, doubled, replaced, unknown."""
    template, method, typed = draw(st.sampled_from(FORMS))
    pairs = [("_method", method)]
    for name, value in typed.items():
        kept = [(name, each) for each in (value if isinstance(value, list) else [value])]
        match draw(st.sampled_from(["keep"] * 5 + ["drop", "double", "replace", "replace"])):
            case "keep":
                pairs += kept
            case "double":
                pairs += kept + kept
            case "replace":
                pairs.append((name, draw(values)))
    pairs += draw(st.lists(st.tuples(names, values), max_size=1))
    return template, draw(ids), pairs


@pytest.fixture
def household(
    browser: Browser, alice: User, keyring: Keyring, engine: Engine
) -> Iterator[Household]:
    return Household(browser, alice, keyring, engine)


@bounded
@given(form=forms(), extra=headers, signed_in=st.sampled_from([True, True, True, False]))
async def test_no_form_makes_it_fail(
    household: Household, form: Any, extra: list[tuple[bytes, bytes]], signed_in: bool
) -> None:
    household.put_right()
    template, number, pairs = form
    status = await household.ask(
        "POST", household.path(template, number), pairs=pairs, extra=extra, signed_in=signed_in
    )
    await settled(household.engine)
    assert status < 500


@bounded
@given(
    template=st.sampled_from(PATHS),
    number=ids,
    query=st.lists(
        st.tuples(
            st.one_of(
                st.sampled_from(QUERIES),
                names,
            ),
            values,
        ),
        max_size=4,
    ),
    extra=headers,
    signed_in=st.booleans(),
)
async def test_no_query_makes_it_fail(
    household: Household, template: str, number: str, query: Any, extra: Any, signed_in: bool
) -> None:
    household.put_right()
    path = household.path(template, number)
    status = await household.ask(
        "GET", path, query=_encoded(query), extra=extra, signed_in=signed_in
    )
    # No engine ticks here, and that probe says so.
    assert status < 500 or (status, template) == (503, "/health/ready")


@bounded
@given(
    method=st.sampled_from(
        ["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "X", "get"]
    ),
    path=st.one_of(
        st.sampled_from(PATHS).map(lambda path: path + "/"),
        st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40).map("/".__add__),
        st.sampled_from(
            ["//", "/%00", "/%ff%fe", "/queues/%31", "/QUEUES", "/queues;a", "/./", "/%2e%2e/"]
        ),
    ),
    query=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40),
    body=st.one_of(
        st.binary(max_size=80),
        st.sampled_from([b"&", b"=", b"&&=&", b"%", b"%zz=%", b"a=b;c", b"\xff=\xfe", b"=" * 5000]),
    ),
    extra=headers,
)
async def test_nothing_else_makes_it_fail(
    household: Household, method: str, path: str, query: str, body: bytes, extra: Any
) -> None:
    household.put_right()
    status = await household.ask(method, path, query=query.encode(), body=body, extra=extra)
    assert status < 500


jsons = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), values),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=5,
)


@st.composite
def objects(draw: st.DrawFn) -> tuple[Endpoint, dict[str, Any]]:
    """An endpoint, and its example with fields that are missing, replaced, unknown."""
    endpoint = draw(st.sampled_from(ENDPOINTS))
    body = dict(BODIES.get(endpoint.name, {}))
    fields = sorted(endpoint.form.model_fields) if endpoint.form else ["x"]
    for name in draw(st.lists(st.one_of(st.sampled_from(fields), names), max_size=3)):
        body[name] = draw(jsons)
    for name in draw(st.lists(st.sampled_from(fields), max_size=1)):
        body.pop(name, None)
    return endpoint, body


@bounded
@given(
    asked=objects(),
    number=ids,
    query=st.lists(st.tuples(st.one_of(st.sampled_from(ASKED), names), values), max_size=2),
    raw=st.one_of(st.none(), st.none(), st.none(), st.binary(max_size=60)),
    tag=st.sampled_from([b"*", b'"x"', b"", b"\xff", b'W/"', b"," * 300]),
    signed_in=st.sampled_from([True, True, True, False]),
)
async def test_nothing_that_a_program_sends_makes_it_fail(
    household: Household,
    asked: Any,
    number: str,
    query: Any,
    raw: bytes | None,
    tag: bytes,
    signed_in: bool,
) -> None:
    household.put_right()
    endpoint, body = asked
    ApiKey.delete().execute()
    _, key = ApiKey.make(household.alice, "Fuzz", "write", now())
    path = household.path(API + plain(endpoint.path), number).replace("{name}", "ended")
    sent = json.dumps(body).encode("utf-8", "surrogatepass") if raw is None else raw
    extra = [(b"content-type", b"application/json"), (b"if-match", tag)]
    extra += [(b"content-length", str(len(sent)).encode())]
    extra += [(b"x-api-key", key.encode())] if signed_in else []
    status = await household.ask(
        endpoint.method, path, query=_encoded(query), body=sent, extra=extra
    )
    await settled(household.engine)
    assert status < 500


@bounded
@given(form=forms(), extra=headers)
async def test_no_form_makes_it_fail_before_anybody_exists(
    browser: Browser, keyring: Keyring, engine: Engine, form: Any, extra: Any
) -> None:
    household = Household(browser, User(id=1), keyring, engine)
    template, number, pairs = form
    User.delete().execute()
    path = household.path(template, number)
    assert await household.ask("POST", path, pairs=pairs, extra=extra, signed_in=False) < 500
