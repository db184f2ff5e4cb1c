"""S16: nobody makes the program call where no Sonarr or Radarr can be."""

import asyncio
import socket
from ipaddress import ip_address
from typing import Any

import pytest

from jobs.arr import Client, Fault
from models.instances import Instance
from models.instances.addresses import allowed, normalise
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.jobs.net.raw import KEY, SONARR, Serve, ToClient, reply
from tests.views.typed import everything, instance_fields

# Each is one of the forbidden ones in another coat.
FORBIDDEN = [
    "169.254.169.254",
    "169.254.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "0.0.0.0",
    "0.0.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "::",
    "fe80::1",
    "febf::1",
    "ff02::1",
    "ff05::2",
    "fd00:ec2::254",
    "fd20:ce::254",
    "::ffff:169.254.169.254",
    "::ffff:0.0.0.0",
    "::ffff:100.100.100.200",
    "::169.254.169.254",
    "::ffff:0:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::169.254.169.254",
    "2002:a9fe:a9fe::",
    "2002:6464:64c8::1",
]
PERMITTED = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.7",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.9",
    "8.8.8.8",
    "::1",
    "fd00::7",
    "2001:db8::1",
    "::ffff:192.168.0.1",
    "64:ff9b::192.168.0.1",
]
# What the C library takes for 169.254.169.254 or for 0.0.0.0 when it is asked for a name.
WRITTEN_OTHERWISE = [
    "2852039166",
    "0xa9fea9fe",
    "0xA9.0xFE.0xA9.0xFE",
    "0251.0376.0251.0376",
    "025177524776",
    "169.254.43518",
    "169.16689662",
    "0",
    "0x0",
]
ELSEWHERE = [
    "ftp://sonarr:8989",
    "file:///etc/passwd",
    "gopher://sonarr:70/_x",
    "dict://sonarr:11211/stat",
    "ldap://sonarr",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock",
    "javascript:alert(1)",
    "data:text/html,x",
    "demo://sonarr",
    "//169.254.169.254",
]


class Names:
    """A resolver whose answers change from one question to the next."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in answer]

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", self)


async def fault_of(client: Client) -> Fault:
    with pytest.raises(Fault) as caught:
        await client.status()
    assert KEY not in caught.value.sentence
    return caught.value


@pytest.mark.parametrize("address", FORBIDDEN)
async def test_a_forbidden_address_is_refused_by_the_form_and_at_the_socket(
    address: str, client_of: ToClient
) -> None:
    assert not allowed(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(ValueError, match="is not an address that a Sonarr or Radarr can have"):
        normalise(f"http://{host}:8989")
    assert (await fault_of(client_of(f"http://{host}:8989"))).code == "blocked_address"


@pytest.mark.parametrize("address", PERMITTED)
def test_where_instances_live_is_allowed(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    assert allowed(ip_address(address))
    assert normalise(f"http://{host}:8989")


@pytest.mark.parametrize("host", ["my_sonarr", "host.docker.internal", "sonarr-4k", "_tv._lan"])
def test_the_names_of_containers_are_allowed(host: str) -> None:
    assert normalise(f"http://{host}:8989") == f"http://{host}:8989"


@pytest.mark.parametrize("host", WRITTEN_OTHERWISE)
async def test_an_address_written_in_another_way_comes_no_further(
    host: str, client_of: ToClient
) -> None:
    """Where the form lets it through as a name, the socket does not."""
    assert (await fault_of(client_of(f"http://{host}:80"))).code == "blocked_address"


@pytest.mark.parametrize("url", ELSEWHERE)
async def test_only_http_and_https_are_spoken(url: str, client_of: ToClient) -> None:
    with pytest.raises(ValueError, match="Begin with http:// or https://"):
        normalise(url)
    assert (await fault_of(client_of(url))).code == "blocked_address"


@pytest.mark.parametrize("evil", ["169.254.169.254", "0.0.0.0", "::ffff:169.254.169.254"])
async def test_a_name_that_means_another_address_the_second_time_is_refused_then(
    evil: str, serve: Serve, client_of: ToClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve(reply(SONARR))
    names = Names(["127.0.0.1"], [evil])
    names.install(monkeypatch)
    client = client_of(f"http://rebound.example:{server.port}")
    assert (await client.status()).application == "sonarr"
    assert (await fault_of(client)).code == "blocked_address"
    assert names.asked == 2
    assert len(server.requests) == 1


async def test_of_several_addresses_of_a_name_the_forbidden_ones_are_not_tried(
    serve: Serve, client_of: ToClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve(reply(SONARR))
    Names(["169.254.169.254", "0.0.0.0", "127.0.0.1"]).install(monkeypatch)
    await client_of(f"http://tv.example:{server.port}").status()
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_refused_and_its_target_named(
    status: int, serve: Serve, client_of: ToClient
) -> None:
    elsewhere = await serve(reply(SONARR))
    server = await serve(reply(status=status, Location=f"{elsewhere.url}/latest/meta-data"))
    fault = await fault_of(client_of(server.url))
    assert fault.code == "redirect"
    assert elsewhere.url in fault.sentence
    assert elsewhere.requests == []


async def test_only_administrators_have_a_typed_in_address_called(
    bobs: Browser, veras: Browser, sonarr: FakeArr
) -> None:
    before = everything()
    with sonarr.serve() as url:
        for browser in (bobs, veras):
            for path in ("/checks", "/instances"):
                for htmx in (False, True):
                    answer = await browser.post(path, htmx=htmx, **instance_fields(url))
                    assert answer.status_code == 403
    assert sonarr.log == []
    assert everything() == before


async def test_whoever_may_not_ask_cannot_tell_an_open_port_from_a_closed_one(
    bobs: Browser, veras: Browser, sonarr: FakeArr
) -> None:
    with sonarr.serve() as url:
        for browser in (bobs, veras):
            token = await browser.token()
            answers = [
                await browser.post("/checks", htmx=True, token=token, **instance_fields(each))
                for each in (url, "http://127.0.0.1:9", "http://169.254.169.254")
            ]
            texts = [answer.text.replace(answer.headers["x-request-id"], "") for answer in answers]
            assert {answer.status_code for answer in answers} == {403}
            assert len(set(texts)) == 1


async def test_members_test_what_is_saved_and_cannot_say_where_that_is(
    bobs: Browser, veras: Browser, living_room: Instance, sonarr: FakeArr
) -> None:
    path = f"/instances/{living_room.id}/checks"
    with FakeArr("sonarr").serve() as url:
        assert (await veras.post(path)).status_code == 403
        assert sonarr.log == []
        answer = await bobs.post(path, **instance_fields(url))
    assert answer.status_code == 200
    assert {seen.headers["host"] for seen in sonarr.log} == {"sonarr"}
    assert Instance.get().url == "demo://sonarr"


async def test_an_address_for_browsers_is_never_called(alices: Browser, sonarr: FakeArr) -> None:
    other = FakeArr("sonarr")
    with sonarr.serve() as url, other.serve() as elsewhere:
        typed = instance_fields(url, browser_url=elsewhere)
        assert (await alices.post("/checks", **typed)).status_code == 200
        assert (await alices.post("/instances", **typed)).status_code == 200
    assert sonarr.log
    assert other.log == []
