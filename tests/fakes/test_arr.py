"""The fake Sonarr and Radarr of the tests."""

import httpx
import pytest

from tests.fakes.arr import FakeArr, Response, Seen

URL = "http://fake/api/v3/tag"
HEADERS = {"X-Api-Key": FakeArr.key}


def _client(fake: FakeArr) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(fake), headers=HEADERS)


async def test_a_fake_logs_requests_with_its_own_time() -> None:
    fake = FakeArr()
    async with _client(fake) as client:
        await client.get(f"{URL}?a=1&a=2")
        fake.advance(90)
        command = "http://fake/api/v3/command"
        await client.post(command, json={"name": "EpisodeSearch", "episodeIds": [1]})
    assert [(seen.method, seen.path) for seen in fake.log] == [
        ("GET", "/api/v3/tag"),
        ("POST", "/api/v3/command"),
    ]
    assert fake.log[0].query == {"a": ["1", "2"]}
    assert (fake.log[1].at - fake.log[0].at).total_seconds() == 90
    assert fake.commands == [{"name": "EpisodeSearch", "episodeIds": [1]}]


async def test_an_ordered_fault_meets_the_next_request_of_its_path_only() -> None:
    fake = FakeArr()
    fake.fail_next(
        "/api/v3/tag", status=429, body={"message": "slowly"}, headers={"Retry-After": "7"}
    )
    async with _client(fake) as client:
        assert (await client.get("http://fake/api/v3/health")).status_code == 200
        refused = await client.get(URL)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "7")
        assert refused.json() == {"message": "slowly"}
        assert (await client.get(URL)).status_code == 200


async def test_a_fault_can_be_an_exception_of_the_transport() -> None:
    fake = FakeArr()
    fake.fail_next("/api", raises=httpx.ConnectError("refused"), times=2)
    async with _client(fake) as client:
        for _ in range(2):
            with pytest.raises(httpx.ConnectError):
                await client.get(URL)
        assert (await client.get(URL)).status_code == 200


async def test_a_hook_may_answer_instead_of_the_server() -> None:
    fake = FakeArr()

    def closed(seen: Seen) -> Response | None:
        return Response(503, b"starting") if seen.path.endswith("tag") else None

    fake.before = closed
    async with _client(fake) as client:
        assert (await client.get(URL)).status_code == 503
        assert (await client.get("http://fake/api/v3/health")).status_code == 200


async def test_a_fake_can_be_served_on_a_socket() -> None:
    fake = FakeArr("radarr")
    with fake.serve() as url:
        async with httpx.AsyncClient(headers=HEADERS, trust_env=False) as client:
            reply = await client.get(f"{url}/api/v3/system/status")
            fake.fail_next("/api/v3/tag", status=502)
            assert (await client.get(f"{url}/api/v3/tag")).status_code == 502
    assert reply.json()["appName"] == "Radarr"
    assert reply.headers.get_list("date") == ["Mon, 04 May 2026 12:00:00 GMT"]
