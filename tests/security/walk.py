"""Every route and method there is, read from the route table: later ones join by themselves."""

from typing import Any, NamedTuple
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

from models.database import database
from views.api.declared import ENDPOINTS
from views.routes import pages
from views.web.visitor import API, METRICS

# The name of a backup that is not there.
A_BACKUP = "by-hand-20260504T120000.000Z-00000000.db"


class Step(NamedTuple):
    """`path` as in the table, `role` the least that may come in, None for everybody."""

    path: str
    method: str
    role: str | None

    def at(self, **parts: object) -> str:
        """The address with these in the place of its parameters, such as `id` and `token`."""
        address = self.path
        for name, value in ({"backup": A_BACKUP} | parts).items():
            for form in (f"{{{name}:{name}}}", f"{{{name}:path}}", f"{{{name}}}"):
                address = address.replace(form, str(value))
        return address


def walk() -> list[Step]:
    return [
        Step(route.path, method, marks.role)
        for route in pages()
        for method, marks in route.endpoint.marks.items()
        if route.path != "/static/{name:path}"
    ]


GUARDED = [step for step in walk() if step.role is not None]
CHANGES = [step for step in GUARDED if step.method != "GET"]
UNSAFE = [step for step in walk() if step.method != "GET"]
PAGES = [step for step in walk() if step.method == "GET"]
# What other programs may ask, with a key.
ASKED = [
    Step(METRICS, "GET", "viewer"),
    *(Step(API + each.path, each.method, each.role) for each in ENDPOINTS),
]


class Answer(NamedTuple):
    """An answer, byte for byte."""

    status: int
    headers: dict[str, str]
    body: bytes


async def send(
    app: ASGIApp,
    method: str,
    target: str,
    headers: dict[str, str] | None = None,
    version: str = "1.1",
) -> Answer:
    """A request whose target is taken as it is: clients tidy up "..", "//" and the like."""
    raw, _, query = target.partition("?")
    named = {"Host": "127.0.0.1:7337", **(headers or {})}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": version,
        "server": ("127.0.0.1", 7337),
        "client": ("127.0.0.1", 50_000),
        "scheme": "http",
        "method": method,
        "root_path": "",
        "path": unquote(raw),
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in named.items()],
        "state": {},
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def keep(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, keep)
    start, *rest = sent
    answered = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], answered, b"".join(part.get("body", b"") for part in rest))


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table there is."""
    return {
        name: sorted(database.execute_sql(f'SELECT * FROM "{name}"').fetchall(), key=repr)
        for name in database.get_tables()
        if name not in ("sqlite_stat1", "sqlite_sequence")
    }
