"""S19: secrets that were planted are found in no page, error, file or line of the log.

Addresses come from the route table, sealed columns and hashes from the tables: later ones join by
themselves. A new parameter of an address, and a new secret, is to be given to `furnished`.
"""

import base64
import io
import itertools
import logging
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from html import unescape
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from jobs.engine import Engine
from models.database import Database, database
from models.database.encryption import Keyring
from models.database.fields import SealedField, now
from models.environment import Environment
from models.forms import NEVER_KEPT
from models.forms.held_forms import HeldForm
from models.hooks import Hook
from models.instances import Instance
from models.instances.proxies import Credentials
from models.logs import FILES
from models.logs.lines import LineFormatter
from models.notifications import NoticeTarget
from models.opening.schema import TABLES
from models.people import User
from models.prowlarrs import Prowlarr
from tests.conftest import PASSWORD
from tests.fakes.browser import ADDRESS, HTMX, Browser
from tests.fakes.log import kept_log
from tests.programs import Program, in_order, path_of
from tests.security.authenticator import set_up, wait_a_minute
from tests.security.walk import PAGES, UNSAFE
from tests.views.typed import settled
from views.web.assets import assets
from views.web.limits import Limits

pytestmark = pytest.mark.long

ANYHOW = {"headers": {"If-Match": "*"}}
TYPED = "typed and never to be shown"
KEY = "5ec2e7ca9a2b4f3d8e1c0b9a7f6e5d4c"
PROWLARRS = "c4na27p20w1a22c4na27p20w1a22c4na"
HOOKS = "http://127.0.0.1:9/hooks/0f-a-hook-that-nobody-knows"
PORTERS = "sesame, open up"
# Over once somebody exists or is signed in.
# Nothing ticks in these tests, so that nothing is ready.
UNREADY = "/health/ready"
ELSEWHERE = {"/setup", "/session/new", "/session/second-factor/new", UNREADY}
LINK = re.compile(r'(?:href|src|hx-get|action)="(/[^"]*)"')
MOST_LINKS = 120

Browsers = dict[str, Browser]


class Canaries:
    """Secrets by what they are, in each form in which they could slip out."""

    def __init__(self) -> None:
        self.forms: dict[bytes, str] = {}

    def plant(self, what: str, secret: str | bytes) -> None:
        if isinstance(secret, str):
            forms = [secret, quote(secret), secret.replace(" ", "")]
            raw = [form.encode() for form in forms]
        else:
            coded = base64.b64encode(secret), base64.urlsafe_b64encode(secret)
            raw = [secret, secret.hex().encode(), *(each.rstrip(b"=") for each in coded)]
        assert min(map(len, raw)) >= 8, what
        self.forms |= dict.fromkeys(raw, what)

    def found_in(self, *texts: str | bytes) -> set[str]:
        whole = b"\n".join(each.encode() if isinstance(each, str) else each for each in texts)
        return {what for form, what in self.forms.items() if form in whole}

    def found_by(self, answer: httpx.Response) -> set[str]:
        """In all of it but the cookie that it sets."""
        headers = [pair for pair in answer.headers.multi_items() if pair[0] != "set-cookie"]
        return self.found_in(answer.content, unescape(answer.text), str(headers))


def _columns() -> Iterator[tuple[str, str, str | None]]:
    """The table, the column and, where it is sealed, the purpose of the key."""
    for table in TABLES:
        for field in table._meta.sorted_fields:
            where = table._meta.table_name, field.column_name
            if isinstance(field, SealedField):
                yield *where, field.purpose
            elif field.column_name.endswith("_hash") or where == ("throttles", "key"):
                yield *where, None


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, as the program would write it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter("text"))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def log_files(options: Environment) -> Iterator[list[Path]]:
    """The files of the log, at the lowest level."""
    with kept_log(options.log_folder, level="debug"):
        yield [options.log_folder / name for name in FILES]


@pytest.fixture
async def everybody(browser: Browser, furnished: dict[str, object]) -> AsyncIterator[Browsers]:
    """Browsers by the names of who is signed in, and of nobody; no one of them asks too often."""
    browser.state.limits = Limits(itertools.count(step=1000).__next__)
    async with AsyncExitStack() as stack:
        made = {"nobody": browser}
        for name in ("Alice", "Bob", "Vera"):
            made[name] = await stack.enter_async_context(Browser(browser.app))
            await made[name].sign_in(name, PASSWORD)
        yield made


@pytest.fixture
async def canaries(
    everybody: Browsers,
    furnished: dict[str, object],
    living_room: Instance,
    alice: User,
    keyring: Keyring,
) -> Canaries:
    """All of them are planted, with what stands in the database for them."""
    made = Canaries()
    porter = Credentials("the porter", "let me in, please", (("X-Porter", PORTERS),))
    living_room.change(api_key=KEY, **porter.columns)
    told = {"name": "Indexers", "key": "canary", "url": "http://127.0.0.1:9"}
    Prowlarr.create(api_key=PROWLARRS, created_at=now(), **told, **porter.columns)
    NoticeTarget.update(settings=f'{{"webhook_url": "{HOOKS}"}}').execute()
    _, address = Hook.renew(living_room, None, now())
    secret, codes = await set_up(everybody["Alice"])
    wait_a_minute(alice)
    await everybody["nobody"].sign_in("mallory", TYPED)
    await everybody["nobody"].sign_in("Alice", PASSWORD)
    typed = [("name", "a queue that waits"), ("api_key", TYPED)]
    HeldForm.hold("another browser", alice.id, ("/queues", "POST"), typed, now())
    planted = {
        "a password": PASSWORD,
        "what was typed": TYPED,
        "the key of an instance": KEY,
        "the key of a Prowlarr": PROWLARRS,
        "a header for a proxy": PORTERS,
        "the address of a webhook": HOOKS,
        "a name and password for a proxy": porter.sent[0][1].removeprefix("Basic "),
        "the second factor": secret,
        "the invitation": str(furnished["token"]),
        "an API key": str(furnished["key"]),
        "the address that an instance sends to": address,
        "the setup token": everybody["nobody"].state.setup_token.value,
        "the master secret": keyring._secret,
        "the key of the database": keyring.database_key,
        "the key of cookies": keyring.cookie_key,
        "the key of forms": keyring.form_key,
        **{f"recovery code {number}": code for number, code in enumerate(codes)},
    }
    for what, canary in planted.items():
        made.plant(what, canary)
    _plant_stored(made, keyring)
    for name, one in everybody.items():
        cookie = one.http.cookies["vqs"]
        made.plant(f"the cookie of {name}", cookie)
        made.plant(f"the session of {name}", cookie.rpartition(".")[0])
    return made


def _plant_stored(made: Canaries, keyring: Keyring) -> None:
    for table, name, purpose in _columns():
        rows = database.execute_sql(f"SELECT {name} FROM {table}").fetchall()
        values = [value for (value,) in rows if value is not None]
        assert values, f"{table}.{name} is empty: plant something there"
        for value in values:
            made.plant(f"{table}.{name} as it is stored", value)
            if purpose:
                opened = keyring.fernet(purpose).decrypt(value.encode()).decode()
                made.plant(f"{table}.{name}", opened)
                made.plant(f"the key of {purpose}", keyring.derive(purpose))


def test_every_address_has_an_example(furnished: dict[str, object]) -> None:
    for step in (*PAGES, *UNSAFE):
        assert "{" not in step.at(**furnished), step


async def test_what_is_shown_once_would_be_found(
    canaries: Canaries, everybody: Browsers, furnished: dict[str, object]
) -> None:
    """So that a silence below means something."""
    page = await everybody["nobody"].get(f"/invitations/{furnished['token']}")
    assert canaries.found_by(page) == {"the invitation"}
    for form, what in canaries.forms.items():
        assert canaries.found_in(b"<p>" + form + b"</p>") >= {what}


@pytest.mark.parametrize("name", ["nobody", "Vera", "Bob", "Alice"])
async def test_no_page_or_fragment_shows_one(
    name: str, canaries: Canaries, everybody: Browsers, furnished: dict[str, object]
) -> None:
    for step in PAGES:
        for headers in ({}, HTMX):
            answer = await everybody[name].http.get(step.at(**furnished), headers=headers)
            holder = {"the invitation"} if step.path == "/invitations/{token}" else set()
            assert canaries.found_by(answer) <= holder, (name, step)
            is_elsewhere = database.is_server and "{backup:backup}" in step.path
            if name == "Alice" and step.path not in ELSEWHERE and not is_elsewhere:
                assert answer.status_code == 200, f"{step} has no example in `furnished`"


@pytest.mark.parametrize("name", ["nobody", "Vera", "Alice"])
async def test_no_link_leads_to_one(
    name: str, canaries: Canaries, everybody: Browsers, furnished: dict[str, object]
) -> None:
    """Filters, pages and downloads that only a query asks for."""
    waiting = [step.at(**furnished) for step in PAGES if step.path != "/invitations/{token}"]
    seen = set(waiting)
    for address in itertools.islice(_growing(waiting), MOST_LINKS):
        answer = await everybody[name].http.get(address)
        assert answer.status_code < 500 or address == UNREADY, address
        assert not canaries.found_by(answer), address
        for found in LINK.findall(answer.text):
            link = unescape(found).partition("#")[0]
            if link not in seen and not link.startswith("/static/"):
                seen.add(link)
                waiting.append(link)


def _growing(waiting: list[str]) -> Iterator[str]:
    while waiting:
        yield waiting.pop(0)


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("name", ["nobody", "Vera", "Alice"])
async def test_no_refused_form_gives_one_back(
    name: str,
    htmx: bool,
    canaries: Canaries,
    everybody: Browsers,
    furnished: dict[str, object],
    engine: Engine,
) -> None:
    """Neither what was typed into it, nor what is stored."""
    one, secrets = everybody[name], dict.fromkeys(NEVER_KEPT, TYPED)
    ordered = sorted(UNSAFE, key=lambda step: (step.method == "DELETE", step.path == "/session"))
    for step in ordered:
        for field in NEVER_KEPT:
            typed = {**secrets, "none": "x"} if field == "code" else {field: TYPED}
            if step.method == "DELETE" and field != "code":
                continue
            answer = await one.post(
                step.at(**furnished), method=step.method, htmx=htmx, follow=False, **typed
            )
            holder = {"the invitation"} if step.path == "/invitations/{token}" else set()
            assert canaries.found_by(answer) <= holder, (step, field)
    await settled(engine)


@pytest.mark.parametrize("name", ["nobody", "Alice"])
async def test_no_error_tells_one(
    name: str, canaries: Canaries, everybody: Browsers, db: Database
) -> None:
    query = f"?apikey={KEY}&password={quote(TYPED)}"
    ours = {"Sec-Fetch-Site": "same-origin", "X-Api-Key": KEY, "Authorization": f"Bearer {KEY}"}
    transport = httpx.ASGITransport(everybody[name].app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url=ADDRESS, cookies=everybody[name].http.cookies, headers=ours
    ) as client:
        answers = [
            await client.get(f"/nothing{query}"),
            await client.get(f"/hold{query}"),
            await client.get(f"/{KEY}"),
            await client.post(f"/hold{query}", data={"password": TYPED}),
            await client.post(f"/hold{query}", json={"api_key": KEY}),
            await client.post("/hold", data={"password": TYPED * 60_000}),
            await client.get(f"/{query}", headers={"Host": "evil.example"}),
            await client.get("/", headers={"X-Large": KEY * 2000}),
            await client.get(f"/?{KEY * 400}"),
        ]
        pages = ("/runs", "/two-factor", "/session/new", "/instances")
        for table in ("runs", "instances", "second_factors", "settings"):
            db.execute_sql(f"ALTER TABLE {table} RENAME TO gone_{table}")
            answers += [await client.get(path) for path in pages]
    assert {500, 404, 405, 413, 415, 421, 431, 414} <= {answer.status_code for answer in answers}
    for answer in answers:
        assert not canaries.found_by(answer), answer.request


@pytest.mark.parametrize("name", ["Vera", "Bob", "Alice"])
async def test_no_answer_to_a_program_holds_one(
    name: str, canaries: Canaries, everybody: Browsers, furnished: dict[str, object]
) -> None:
    """Neither what it asked for, nor a refusal of what it sent."""
    user = User.named(name)
    assert user
    async with Program(everybody["nobody"].app, user) as program:
        for each in in_order():
            where = path_of(each, **furnished)
            if each.method == "GET":
                answer = await program.ask("GET", where)
                assert not canaries.found_by(answer), (name, each.name)
                if name == "Alice":
                    assert answer.status_code == 200, f"{each.name} has no example in `furnished`"
            for field in NEVER_KEPT if each.form else ():
                answer = await program.ask(each.method, where, json={field: TYPED}, **ANYHOW)
                assert not canaries.found_by(answer), (name, each.name, field)
            answer = await program.ask(each.method, f"{where}?apikey={KEY}&api_key={KEY}", **ANYHOW)
            assert not canaries.found_by(answer), (name, each.name)


async def test_no_static_file_holds_one(canaries: Canaries, everybody: Browsers) -> None:
    for address in assets()._assets:
        answer = await everybody["nobody"].http.get(address)
        assert answer.status_code == 200
        assert not canaries.found_in(answer.content), address


async def test_no_line_of_the_log_holds_one(
    log: io.StringIO,
    log_files: list[Path],
    canaries: Canaries,
    everybody: Browsers,
    furnished: dict[str, object],
    engine: Engine,
) -> None:
    """At the lowest level, with what goes wrong, and with the client's own lines; nor do files."""
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    alice, nobody = everybody["Alice"], everybody["nobody"]
    for path in ("/instances/1/checks", "/instances/1/syncs", "/queues/1/runs"):
        await alice.post(path)
        await settled(engine)
    await nobody.post("/session/second-factor", code="000000")
    await nobody.post(f"/session?password={quote(TYPED)}", name="Alice", password=TYPED)
    await nobody.http.get(f"/invitations/{furnished['token']}?apikey={KEY}")
    held = {"X-Api-Key": str(furnished["key"])}
    await nobody.http.get(f"/api/v1/queues?key={furnished['key']}", headers=held)
    database.execute_sql("ALTER TABLE runs RENAME TO gone")
    with pytest.raises(Exception, match=r"no such table|does not exist"):
        await alice.http.get(f"/runs?token={furnished['token']}")
    logging.getLogger("vqs").error("%r %s", {"api_key": KEY}, f"http://a:{KEY}@nas/?apikey={KEY}")
    assert "httpx" in log.getvalue()
    assert len(log.getvalue().splitlines()) > 20
    assert not canaries.found_in(log.getvalue())
    for path in log_files:
        assert "Traceback" in path.read_text() or "api_key" in path.read_text(), path
        assert not canaries.found_in(path.read_bytes()), path
    for name in log_files[0].name, log_files[1].name:
        page = await alice.get(f"/logs?file={name}")
        assert "api_key" in page.text
        assert not canaries.found_by(page)
        assert not canaries.found_by(await alice.post("/logs/downloads", file=name))


@pytest.mark.embedded("reads the bytes of the file")
async def test_no_file_of_the_data_folder_holds_one(
    canaries: Canaries, everybody: Browsers, tmp_path: Path, db: Database
) -> None:
    """Neither the database, nor what was not written back to it yet, nor a copy."""
    files = [Path(folder, name) for folder, _, names in os.walk(tmp_path) for name in names]
    assert {"vqs.db", "vqs.db-wal", "backups"} <= {part for path in files for part in path.parts}
    for path in files:
        assert not canaries.found_in(path.read_bytes(), str(path)), path
        assert b"Living room" not in path.read_bytes()
