"""A fault knows who answered: the application itself, or something in front of it."""

import pytest

from jobs.arr import Fault
from tests.jobs.net.raw import Serve, ToClient, reply

PAGE = b"<!doctype html><title>Hello</title>"
HTML = "text/html; charset=utf-8"
PROBLEM = {"type": "https://tools.ietf.org/html/rfc7231", "title": "Not Found", "status": 404}
TRACE = {"message": "database is locked", "description": "SQLiteException"}

OWN = {
    "a wrong key": reply(status=401, kind=None),
    "an unknown path": reply(status=404, kind=None),
    "nothing by that id": reply(PROBLEM, status=404),
    "nothing found elsewhere": reply(TRACE, status=404),
    "a validation": reply([{"propertyName": "Name", "errorMessage": "empty"}], status=400),
    "a bad request": reply({"message": "BadRequest: x", "content": "x"}, status=400),
    "a conflict": reply({"message": "Unable to cancel", "description": "x"}, status=409),
    "an exception": reply(TRACE, status=500),
    "starting": reply({"errorMessage": "Sonarr is starting up"}, status=503),
    "what has its header": reply({"oops": 1}, status=500, X_Application_Version="4.0.17"),
}
OF_OTHERS = {
    "a 401 page": reply(PAGE, status=401, kind=HTML),
    "a 401 that wants a password": reply(status=401, kind=None, WWW_Authenticate="Basic"),
    "a 401 with a way to sign in": reply(status=401, kind=None, Location="https://sso.example/"),
    "a 401 in JSON": reply({"message": "unauthorized"}, status=401),
    "an empty 403": reply(status=403, kind=None),
    "a 403 page": reply(PAGE, status=403, kind=HTML),
    "a 404 page": reply(PAGE, status=404, kind=HTML),
    "a 404 of plain text": reply(b"404 page not found", status=404, kind="text/plain"),
    "an empty 500": reply(status=500, kind=None),
    "an empty 503": reply(status=503, kind=None),
    "a 502 page": reply(PAGE, status=502, kind=HTML),
    "a 522": reply(b"error code: 522", status=522, kind="text/plain"),
    "a gateway's JSON": reply({"error": "no such route"}, status=404),
    "JSON that is none": reply(b'{"message": \xff', status=500),
    "a redirect": reply(status=302, kind=None, Location="https://sso.example/"),
    "a 429": reply(status=429, kind=None),
    "a page": reply(PAGE, kind=HTML),
}


async def fault_of(answer: bytes, serve: Serve, client_of: ToClient) -> Fault:
    server = await serve(answer)
    with pytest.raises(Fault) as caught:
        await client_of(server.url).search(1)
    return caught.value


@pytest.mark.parametrize("case", OWN)
async def test_an_error_of_its_own_is_the_applications(
    case: str, serve: Serve, client_of: ToClient
) -> None:
    assert (await fault_of(OWN[case], serve, client_of)).by_application


@pytest.mark.parametrize("case", OF_OTHERS)
async def test_anything_else_is_said_by_something_in_front(
    case: str, serve: Serve, client_of: ToClient
) -> None:
    assert not (await fault_of(OF_OTHERS[case], serve, client_of)).by_application


async def test_no_answer_at_all_is_nobodys(serve: Serve, client_of: ToClient) -> None:
    assert not (await fault_of(b"", serve, client_of)).by_application
