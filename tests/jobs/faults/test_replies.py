"""Answers that are not what was asked for: the backlog stays, and the run says what it met."""

import pytest

from jobs.engine import Engine
from jobs.sync import sync
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from tests.fakes.arr import FakeArr, Response, Seen
from tests.jobs.faults.acting import NOT_FOUND, listed, now, run

SIGN_IN = b'<!doctype html><form><input type="password"></form>'
JSON = {"Content-Type": "application/json"}
ANSWERS = {
    "truncated JSON": (Response(200, b'{"page": 1, "totalRec', JSON), "malformed"),
    "an HTML sign-in page with 200": (Response(200, SIGN_IN), "sign_in_page"),
    "a web page with 200": (Response(200, b"<!doctype html><p>Welcome"), "not_arr"),
    "a redirect to a sign-in page": (
        Response(302, b"", {"Location": "https://proxy.example/login?rd=x"}),
        "sign_in_page",
    ),
    "a redirect elsewhere": (Response(307, b"", {"Location": "https://else.example/"}), "redirect"),
    "a list where an object should be": (Response(200, []), "malformed"),
    "texts where numbers should be": (
        Response(200, {"totalRecords": "many", "records": "none"}),
        "malformed",
    ),
    "null instead of records": (Response(200, {"totalRecords": 3, "records": None}), "malformed"),
    "an object without its fields": (Response(200, {}), "malformed"),
    "nothing at all": (Response(200, b"", JSON), "malformed"),
    "a number too large for any column": (
        Response(200, {"totalRecords": 10**12, "records": []}),
        "malformed",
    ),
}
STATUSES = [401, 404, 429, 500, 502, 503, 504]


@pytest.mark.parametrize("kind", ANSWERS)
async def test_a_list_that_cannot_be_read_leaves_the_backlog_and_holds_the_run(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr, kind: str
) -> None:
    answer, code = ANSWERS[kind]
    await sync(engine, living_room)
    before = listed(living_room)
    living_room.change(synced_at=None)
    sonarr.before = lambda seen: answer if "wanted" in seen.path else None
    held = await run(engine, nightly)
    assert listed(living_room) == before
    assert (held.state, sonarr.commands) == ("held", [])
    assert held.note == now(living_room).fault
    assert now(living_room).fault_code == code
    assert now(living_room).retry_at > engine.clock.now()


@pytest.mark.parametrize("kind", ANSWERS)
async def test_a_command_with_a_strange_answer_is_sent_once_and_holds_the_run(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr, kind: str
) -> None:
    """Its commands can be read, and hold none of ours: nothing was begun, so nothing is paid."""
    sonarr.before = lambda seen: ANSWERS[kind][0] if seen.method == "POST" else None
    held = await run(engine, nightly)
    row = Search.get()
    assert held.state == "held"
    assert len(sonarr.commands) == 1
    assert (row.state, row.outcome, row.cost) == ("done", "failed", 0)
    assert row.items[0].cooldown_until is None


@pytest.mark.parametrize("status", STATUSES)
async def test_no_status_makes_a_run_send_a_second_command(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr, status: int
) -> None:
    sonarr.before = lambda seen: Response(status, {}) if seen.method == "POST" else None
    held = await run(engine, nightly)
    assert held.state == "held"
    assert len(sonarr.commands) == 1
    assert Search.get().state == "done"
    assert now(living_room).fault


@pytest.mark.parametrize("kind", ANSWERS)
async def test_strange_answers_to_a_poll_are_waited_out(
    engine: Engine, nightly: Queue, sonarr: FakeArr, kind: str
) -> None:
    nightly.change(batch_size=1)
    left = [ANSWERS[kind][0]] * 2

    def strange(seen: Seen) -> Response | None:
        return left.pop() if "/command/" in seen.path and left else None

    sonarr.before = strange
    await run(engine, nightly)
    assert Search.get().outcome == "nothing"


async def test_missing_and_null_fields_do_not_keep_a_record_out(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    records = [{"id": 7}, {"id": 8, "title": None, "seriesId": None, "airDateUtc": None}]
    page = {"page": 1, "pageSize": 1000, "totalRecords": 2, "records": records}
    sonarr.before = lambda seen: Response(200, page) if "missing" in seen.path else None
    assert await sync(engine, living_room) is None
    assert {7, 8} <= listed(living_room)


async def test_a_faulty_history_makes_an_outcome_unknown_and_never_nothing(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(batch_size=1)

    def blind(seen: Seen) -> Response | None:
        if "/command/" in seen.path:
            return Response(404, NOT_FOUND)
        return Response(200, b"{", JSON) if "history" in seen.path else None

    sonarr.before = blind
    await run(engine, nightly)
    assert Search.get().outcome == "unknown"
