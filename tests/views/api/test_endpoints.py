"""Every endpoint answers as it is documented: by role, by key, and where it refuses."""

import json
from typing import Any

import pytest

from models.people import ROLES, User
from models.people.audit import WORDS
from models.people.keys import SCOPES
from tests.fakes.browser import Browser
from tests.programs import Program, in_order, path_of, sent
from tests.views.typed import everything
from views.api.declared import ENDPOINTS
from views.api.openapi import statuses
from views.web.limits import Limit, Limits
from views.web.marks import Without

# What cannot succeed in a household in which nothing is going on.
REFUSED = {"runs.destroy": 409, "queues.start": 409}
WRITING = [each for each in ENDPOINTS if each.method != "GET"]
TAKING = [each for each in ENDPOINTS if each.form is not None]


def test_a_declaration_says_all_of_it() -> None:
    names = [each.name for each in ENDPOINTS]
    assert len(names) == len(set(names)) > 40
    for each in ENDPOINTS:
        assert each.role in ROLES and each.scope in SCOPES, each.name
        assert each.words.endswith("."), each.name
        assert isinstance(each.limit, Limit | Without), each.name
        assert each.event in WORDS or isinstance(each.event, Without), each.name
        assert (each.method == "GET") == (each.scope != "write"), each.name
        assert each.needs_tag <= (each.method in ("PATCH", "DELETE")), each.name


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", ["vera", "bob"])
async def test_a_key_does_what_it_and_its_person_may_and_no_more(
    name: str, scope: str, unhurried: Browser, furnished: dict[str, object], bob: User, vera: User
) -> None:
    user = {"bob": bob, "vera": vera}[name]
    before, faults = everything(), []
    async with Program(unhurried.app, user, scope) as program:
        for each in in_order():
            may = program.key.may(each.scope) and user.may(each.role)
            if may and each.method != "GET":
                continue
            before = everything()
            answer = await program.ask(each.method, path_of(each, **furnished), **sent(each))
            if answer.status_code != (each.status if may else 403):
                faults.append((each.name, answer.status_code, answer.text))
            if not may and _without_use(everything()) != _without_use(before):
                faults.append((each.name, "changed something"))
    assert faults == []


def _without_use(rows: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in rows.items() if name != "api_keys"}


async def test_every_endpoint_does_what_it_is_for(
    alices_program: Program, furnished: dict[str, object]
) -> None:
    faults = []
    for each in in_order():
        answer = await alices_program.ask(each.method, path_of(each, **furnished), **sent(each))
        if answer.status_code != REFUSED.get(each.name, each.status):
            faults.append((each.name, answer.status_code, answer.text))
    assert faults == []


async def test_a_member_changes_nothing_of_another(
    bobs_program: Program, furnished: dict[str, object]
) -> None:
    """The queue and the exclusion are Alice's."""
    theirs = [each for each in WRITING if each.path.startswith(("/queues/{id", "/exclusions/{id"))]
    before = everything()
    for each in theirs:
        answer = await bobs_program.ask(each.method, path_of(each, **furnished), **sent(each))
        assert answer.status_code == 403, each.name
    assert len(theirs) > 6 and _without_use(everything()) == _without_use(before)


async def test_without_a_key_that_counts_there_is_nothing(
    unhurried: Browser, alices_program: Program, furnished: dict[str, object]
) -> None:
    alices_program.key.revoke(alices_program.key.created_at)
    before = everything()
    async with Program(unhurried.app, None) as nobody:
        for number, each in enumerate(ENDPOINTS):
            where = path_of(each, **furnished)
            answer = await nobody.ask(each.method, where, **sent(each))
            assert answer.status_code == 401, each.name
            assert answer.headers["www-authenticate"].startswith("Bearer")
            wrong = {"X-Forwarded-For": f"10.0.0.{number}"}
            answer = await alices_program.ask(each.method, where, headers=wrong)
            assert answer.status_code in (401, 429), each.name
    assert everything() == before


async def test_what_is_not_there_is_not_found(alices_program: Program) -> None:
    for each in ENDPOINTS:
        for there in (999, 10**18 - 1) if "{" in each.path else ():
            where = path_of(each, id=there, name="nothing")
            answer = await alices_program.ask(each.method, where, **sent(each))
            assert answer.status_code == 404, each.name
    for where in ("", "/", "/nothing", "/queues/", "/queues/x", "/queues/1/nothing", "/Queues"):
        assert (await alices_program.ask("GET", where)).status_code == 404, where


async def test_another_method_is_not_possible(
    alices_program: Program, furnished: dict[str, object]
) -> None:
    by_path: dict[str, set[str]] = {}
    for each in ENDPOINTS:
        by_path.setdefault(path_of(each, **furnished), set()).add(each.method)
    for path, methods in by_path.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - methods:
            answer = await alices_program.ask(method, path)
            assert answer.status_code == 405, (method, path)
            assert set(answer.headers["allow"].split(", ")) - {"HEAD"} == methods


async def test_head_is_answered_like_get(
    alices_program: Program, furnished: dict[str, object]
) -> None:
    for each in ENDPOINTS:
        if each.method == "GET":
            answer = await alices_program.http.head("/api/v1" + path_of(each, **furnished))
            assert answer.status_code == 200, each.name


async def test_a_body_that_is_none_is_refused(
    alices_program: Program, furnished: dict[str, object]
) -> None:
    before = everything()
    kind = {"Content-Type": "application/json"}
    for each in TAKING:
        where, tag = path_of(each, **furnished), {"If-Match": "*"}
        wrong: list[tuple[int, bytes, dict[str, str]]] = [
            (415, b"name=x", {"Content-Type": "application/x-www-form-urlencoded"}),
            (415, b"{}", {"Content-Type": "text/plain"}),
            (400, b"{", kind),
            (400, b"[]", kind),
            (400, b"\xff", kind),
            (400, b"[" * 100_000, kind),
            (400, b'{"a":' + b"9" * 5000 + b"}", kind),
            (413, b'{"a":"' + b"x" * 1_100_000 + b'"}', kind),
            (422, b'{"nothing": 1}', kind),
            *((422, json.dumps({name: {}}).encode(), kind) for name in each.needed),
            *((422, json.dumps({name: None}).encode(), kind) for name in each.needed),
        ]
        for status, body, headers in wrong:
            answer = await alices_program.ask(
                each.method, where, content=body, headers={**headers, **tag}
            )
            assert answer.status_code == status, (each.name, body[:40], answer.text)
        if each.needed:
            answer = await alices_program.ask(each.method, where, headers=tag)
            assert answer.status_code == 415, each.name
            assert "Content-Type: application/json" in answer.json()["detail"]
    assert _without_use(everything()) == _without_use(before)


async def test_every_parameter_is_checked(
    alices_program: Program, furnished: dict[str, object]
) -> None:
    for each in ENDPOINTS:
        where = path_of(each, **furnished)
        unknown = await alices_program.ask(each.method, f"{where}?nothing=1", **sent(each))
        assert unknown.status_code == 422, each.name
        assert [one["field"] for one in unknown.json()["errors"]] == ["nothing"], each.name
        for name in each.asked.model_fields if each.asked else ():
            answer = await alices_program.ask("GET", f"{where}?{name}=%01&{name}=x")
            assert answer.status_code == 422, (each.name, name)
            assert {one["field"] for one in answer.json()["errors"]} == {name}


async def test_a_change_needs_the_tag_of_what_it_changes(
    alices_program: Program, furnished: dict[str, object]
) -> None:
    tagged = [each for each in in_order() if each.needs_tag]
    before = everything()
    for each in tagged:
        where, body = path_of(each, **furnished), sent(each).get("json")
        extra = {"json": body} if body else {}
        answer = await alices_program.ask(each.method, where, **extra)
        assert answer.status_code == 428, each.name
        for wrong in ('"x"', "x", "", '"x", "y"', "**"):
            answer = await alices_program.ask(
                each.method, where, headers={"If-Match": wrong}, **extra
            )
            assert answer.status_code == 412, each.name
    assert _without_use(everything()) == _without_use(before)
    for each in tagged:
        where, body = path_of(each, **furnished), sent(each).get("json")
        tag = (await alices_program.ask("GET", where)).headers["etag"]
        extra = {"json": body} if body else {}
        headers = {"If-Match": f'"x", W/{tag}'}
        answer = await alices_program.ask(each.method, where, headers=headers, **extra)
        assert answer.status_code == each.status, each.name
        if each.method == "PATCH":
            stale = await alices_program.ask(each.method, where, headers=headers, **extra)
            assert stale.status_code == 412, each.name


async def test_what_has_not_changed_is_not_sent_again(
    alices_program: Program, furnished: dict[str, object]
) -> None:
    for each in ENDPOINTS:
        if each.has_tag and each.method == "GET":
            where = path_of(each, **furnished)
            tag = (await alices_program.ask("GET", where)).headers["etag"]
            headers = {"If-None-Match": f'"x", {tag}'}
            assert (await alices_program.ask("GET", where, headers=headers)).status_code == 304


async def test_who_asks_too_often_waits(browser: Browser, alice: User, nightly: object) -> None:
    limited = next(each for each in ENDPOINTS if each.name == "items.index")
    browser.state.limits = Limits(lambda: 0.0)
    async with Program(browser.app, alice) as program:
        answers = [await program.ask("GET", limited.path) for _ in range(limited.limit.times + 1)]  # type: ignore[union-attr]
        assert [each.status_code for each in answers[-2:]] == [200, 429]
        assert int(answers[-1].headers["retry-after"]) >= 1


def test_the_statuses_that_the_document_names_are_said_in_words() -> None:
    for each in ENDPOINTS:
        assert each.status in statuses(each)
        assert len(statuses(each)) == len(set(statuses(each))), each.name
