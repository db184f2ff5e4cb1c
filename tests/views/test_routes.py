"""What holds at every address: who may come in, with which method, and for what that is there."""

import httpx
import pytest

from models.database import Database
from models.database.fields import now
from models.instances import Instance
from models.people import User
from models.searches.runs import Run
from tests.fakes.browser import Browser
from tests.placed import a_backup
from tests.security.walk import A_BACKUP
from tests.views.typed import everything
from views.routes import pages

# The least role for each method of each address; None for everybody.
ROLES = {
    "/": {"GET": "viewer"},
    "/setup": {"GET": None, "POST": None},
    "/session/new": {"GET": None},
    "/session": {"POST": None, "DELETE": None},
    "/unsent": {"GET": "viewer"},
    "/sessions": {"GET": "viewer", "DELETE": "viewer"},
    "/sessions/1": {"DELETE": "viewer"},
    "/sessions/deletion": {"GET": "viewer"},
    "/people/1/deletion": {"GET": "admin"},
    "/demo/deletion": {"GET": "admin"},
    "/instances/1/deletion": {"GET": "admin"},
    "/queues/1/deletion": {"GET": "member"},
    "/keys": {"GET": "viewer", "POST": "viewer"},
    "/keys/1": {"DELETE": "viewer"},
    "/profile": {"GET": "viewer", "PATCH": "viewer"},
    "/theme": {"PATCH": "viewer"},
    "/mask": {"POST": "viewer", "DELETE": "viewer"},
    "/help": {"GET": "viewer"},
    "/manifest.webmanifest": {"GET": None},
    "/password": {"GET": "viewer", "PATCH": "viewer"},
    "/password/hint": {"POST": None},
    "/people": {"GET": "admin"},
    "/people/1": {"GET": "admin", "PATCH": "admin", "DELETE": "admin"},
    "/people/1/suspension": {"POST": "admin", "DELETE": "admin"},
    "/people/invitations": {"POST": "admin"},
    "/people/invitations/1": {"DELETE": "admin"},
    "/invitations/{token}": {"GET": None, "POST": None},
    "/hold": {"POST": "member", "DELETE": "member"},
    "/demo": {"POST": "admin", "DELETE": "admin"},
    "/checks": {"POST": "admin"},
    "/instances": {"GET": "viewer", "POST": "admin"},
    "/instances/new": {"GET": "admin"},
    "/instances/1": {"GET": "viewer", "PATCH": "admin", "DELETE": "admin"},
    "/instances/1/edit": {"GET": "admin"},
    "/instances/1/hook": {"GET": "admin", "POST": "admin", "DELETE": "admin"},
    "/instances/1/hook/deletion": {"GET": "admin"},
    "/instances/1/checks": {"POST": "member"},
    "/instances/1/syncs": {"POST": "member"},
    "/notifications": {"GET": "admin", "POST": "admin"},
    "/notifications/new": {"GET": "admin"},
    "/notifications/checks": {"POST": "admin"},
    "/notifications/1": {"PATCH": "admin", "DELETE": "admin"},
    "/notifications/1/edit": {"GET": "admin"},
    "/notifications/1/deletion": {"GET": "admin"},
    "/notifications/1/checks": {"POST": "admin"},
    "/prowlarrs": {"GET": "viewer", "POST": "admin"},
    "/prowlarrs/new": {"GET": "admin"},
    "/prowlarrs/checks": {"POST": "admin"},
    "/prowlarrs/1": {"PATCH": "admin", "DELETE": "admin"},
    "/prowlarrs/1/edit": {"GET": "admin"},
    "/prowlarrs/1/deletion": {"GET": "admin"},
    "/prowlarrs/1/readings": {"POST": "member"},
    "/queues": {"GET": "viewer", "POST": "member"},
    "/queues/new": {"GET": "member", "POST": "member"},
    "/queues/preview": {"POST": "member"},
    "/queues/filters": {"POST": "member"},
    "/plan": {"GET": "viewer"},
    "/queues/1": {"GET": "viewer", "PATCH": "member", "DELETE": "member"},
    "/queues/1/edit": {"GET": "member"},
    "/queues/1/pause": {"POST": "member", "DELETE": "member"},
    "/queues/1/preview": {"GET": "viewer"},
    "/queues/1/consent": {"POST": "member"},
    "/queues/1/runs": {"GET": "viewer", "POST": "member"},
    "/schedules/preview": {"GET": "viewer"},
    "/runs": {"GET": "viewer"},
    "/runs/1": {"GET": "viewer", "DELETE": "member"},
    "/searches": {"GET": "viewer", "POST": "member"},
    "/searches/preview": {"POST": "member"},
    "/searches.csv": {"GET": "viewer"},
    "/logs": {"GET": "admin"},
    "/logs/downloads": {"POST": "admin"},
    "/searches/views": {"POST": "viewer"},
    "/searches/views/1": {"DELETE": "viewer"},
    "/yield": {"GET": "viewer"},
    "/session/second-factor/new": {"GET": None},
    "/session/second-factor": {"POST": None},
    "/two-factor": dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), "viewer"),
    "/two-factor/recovery-codes": {"POST": "viewer"},
    "/audit": {"GET": "admin"},
    "/system": {"GET": "viewer"},
    "/settings": {"GET": "admin", "PATCH": "admin"},
    "/settings/file": {"GET": "admin", "POST": "admin"},
    "/settings/file/preview": {"POST": "admin"},
    "/settings/file/export.json": {"GET": "admin"},
    "/settings/file/schema.json": {"GET": "admin"},
    "/backups": {"GET": "admin", "POST": "admin"},
    f"/backups/{A_BACKUP}": {"GET": "admin", "DELETE": "admin"},
    f"/backups/{A_BACKUP}/deletion": {"GET": "admin"},
    f"/backups/{A_BACKUP}/download": {"POST": "admin"},
    f"/backups/{A_BACKUP}/restore": {"GET": "admin", "POST": "admin"},
    "/jobs": {"GET": "admin"},
    "/jobs/{name}/runs": {"POST": "admin"},
    "/styleguide": {"GET": "viewer"},
    "/api": {"GET": "viewer"},
    "/backlog": {"GET": "viewer"},
    "/items/1": {"GET": "viewer"},
    "/items/1/searches": {"POST": "member"},
    "/items/1/trials": {"POST": "member"},
    "/exclusions": {"GET": "viewer", "POST": "member"},
    "/exclusions/many": {"POST": "member", "DELETE": "member"},
    "/exclusions/1": {"DELETE": "member"},
    "/health": {"GET": None},
    "/health/live": {"GET": None},
    "/health/ready": {"GET": None},
    "/static/{name}": {"GET": None},
}
EVERYTHING = [(path, method, role) for path, by in ROLES.items() for method, role in by.items()]
GUARDED = [(path, method) for path, method, role in EVERYTHING if role]
PAGES = [
    path for path, method in GUARDED if method == "GET" and not path.endswith((".csv", ".json"))
]
HUGE = ("2", "99999999999999999999", "9" * 5000)


def test_every_address_of_the_program_is_named_here() -> None:
    paths = {route.path.replace("{id:id}", "1").replace(":path", "") for route in pages()}
    paths = {path.replace("{backup:backup}", A_BACKUP) for path in paths}
    assert paths == set(ROLES)


async def _ask(browser: Browser, method: str, path: str) -> httpx.Response:
    if method == "GET":
        return await browser.http.get(path)
    return await browser.post(path, method=method, follow=False)


@pytest.mark.parametrize("theirs", ["member", "viewer"])
async def test_a_role_that_is_too_low_is_refused(
    theirs: str, bobs: Browser, veras: Browser, finished_run: Run
) -> None:
    browser, before, let_in = {"member": bobs, "viewer": veras}[theirs], everything(), []
    for path, method in GUARDED:
        if ROLES[path][method] in ("viewer", theirs):
            continue
        answer = await _ask(browser, method, path)
        is_refused = answer.status_code == 403 and "Your role does not allow this" in answer.text
        if not is_refused or everything() != before:
            let_in.append((method, path, answer.status_code))
    assert let_in == []


@pytest.mark.long
async def test_another_method_is_not_possible(alices: Browser, finished_run: Run) -> None:
    before, token, possible = everything(), await alices.token(), []
    ours = {"Sec-Fetch-Site": "same-origin"}
    for path, methods in ROLES.items():
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            asked = alices.http.request(method, path, headers=ours, params={"token": token})
            if (await asked).status_code != 405:
                possible.append((method, path))
        for method in {"POST", "PATCH", "DELETE", "PUT", "GET", "x"} - set(methods):
            answer = await alices.post(path, method=method, follow=False)
            if answer.status_code != 405:
                possible.append((f"_method={method}", path))
        if everything() != before:
            possible.append(("something changed", path))
    assert possible == []


async def test_what_is_not_there_is_not_found(alices: Browser, living_room: Instance) -> None:
    found = []
    for path, method in GUARDED:
        for number in HUGE if "/1" in path else ():
            answer = await _ask(alices, method, path.replace("/1", f"/{number}"))
            if answer.status_code != 404 or "Not found" not in answer.text:
                found.append((method, path, number[:30], answer.status_code))
    assert found == []


@pytest.mark.parametrize("path", ["/queues/x", "/queues/-1", "/queues/1.5", "/nothing", "/runs/1;"])
async def test_an_address_of_nothing_is_not_found_by_anybody(
    path: str, alices: Browser, browser: Browser
) -> None:
    assert (await alices.http.get(path)).status_code == 404
    assert (await browser.http.get(path)).status_code == 404


def _there(db: Database) -> list[str]:
    """The pages, with a backup that is there; a server has none."""
    name = a_backup(db)
    pages = [path for path in PAGES if A_BACKUP not in path or not db.is_server]
    return [path.replace(A_BACKUP, name) for path in pages]


async def test_a_page_and_its_fragment_hold_the_same_content(
    alices: Browser, finished_run: Run, db: Database
) -> None:
    faults = []
    for path in _there(db):
        whole = await alices.http.get(path)
        part = await alices.get(path, htmx=True)
        held = [
            whole.status_code == part.status_code == 200,
            whole.text.startswith("<!doctype html>"),
            part.text.startswith("<title>") and "<html" not in part.text,
            *(each.text.count('<div class="content"') == 1 for each in (whole, part)),
            *("HX-Request" in each.headers["vary"] for each in (whole, part)),
            *(each.headers["cache-control"] == "no-store" for each in (whole, part)),
        ]
        if not all(held):
            faults.append((path, held))
    assert faults == []


async def test_a_boosted_link_gets_the_whole_page(
    alices: Browser, finished_run: Run, db: Database
) -> None:
    headers = {"HX-Request": "true", "HX-Request-Type": "full"}
    texts = {path: (await alices.http.get(path, headers=headers)).text for path in _there(db)}
    assert [path for path in texts if not texts[path].startswith("<!doctype html>")] == []


async def test_a_person_who_is_disabled_is_signed_out_at_once(alices: Browser, alice: User) -> None:
    alice.change(disabled_at=now())
    assert (await alices.http.get("/queues")).status_code == 303
