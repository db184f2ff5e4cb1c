"""A sentence names the instance, what it was asked, and who answered; its advice works."""

import asyncio
import re
from typing import Any

import pytest

from jobs.arr import Client, Fault
from jobs.arr.sentences import SENTENCES
from jobs.arr.targets import ASKED, ASKED_BELOW, asked
from models.applications import SONARR as SONARR_ITSELF
from tests.fakes.arr import FakeArr
from tests.jobs.net.raw import SONARR, Certificate, Serve, ToClient, reply
from tests.jobs.net.test_connecting import unused_port

HTML = "text/html; charset=utf-8"
SSO = "https://sso.example/?rd=https%3A%2F%2Fsonarr.example%2Fapi%2Fv3%2Fsystem%2Fstatus&rm=GET"
ACCESS = "https://team.access.example/cdn-cgi/access/login/sonarr.example?kid=1&redirect_url=%2F"


def page(title: str, status: int, **headers: str) -> bytes:
    return reply(f"<!doctype html><h1>{title}</h1>".encode(), status, HTML, **headers)


IN_FRONT = {
    "forward auth": page("401", 401, Location="https://sso.example/?rd=x"),
    "an auth_request of nginx": page("401 Authorization Required", 401),
    "a bot challenge": page("Just a moment...", 403),
    "an empty 403": reply(status=403, kind=None),
    "a 401 of plain text": reply(b"Unauthorized", 401, "text/plain"),
    "a 401 in JSON": reply({"message": "Unauthorized"}, 401),
    "basic authentication": page("401", 401, WWW_Authenticate="Basic"),
    "a page that is not there": page("404", 404),
    "Traefik without a route": reply(b"404 page not found\n", 404, "text/plain; charset=utf-8"),
    "a method that is not let through": page("405", 405),
    "an edge without an origin": reply(b"error code: 522", 522, "text/plain"),
    "an origin too slow for the edge": page("524", 524),
    "a bad gateway": page("502", 502),
    "an error of nginx": page("500", 500),
    "no service": reply(b"no available server\n", 503, "text/plain"),
    "single sign-on": reply(status=302, Location=SSO),
    "single sign-on below a path": reply(status=302, Location=ACCESS),
    "another site": reply(status=302, Location="https://home.example/"),
}


async def fault_of(client: Client, call: str = "status", *args: Any) -> Fault:
    with pytest.raises(Fault) as caught:
        await getattr(client, call)(*args)
    return caught.value


@pytest.mark.parametrize("case", IN_FRONT)
async def test_what_stands_in_front_is_named_and_neither_the_key_nor_sonarr_blamed(
    case: str, serve: Serve, client_of: ToClient
) -> None:
    server = await serve(IN_FRONT[case])
    fault = await fault_of(client_of(server.url, name="Attic"))
    assert fault.sentence.startswith("Attic (Sonarr) was asked for its status, but ")
    assert "in front of it" in fault.sentence
    assert "API key" not in fault.sentence
    assert "enter that one" not in fault.sentence
    assert fault.code not in ("wrong_key", "rejected", "not_found", "starting")
    assert not fault.by_application


@pytest.mark.parametrize("case", ["single sign-on", "single sign-on below a path", "another site"])
async def test_a_redirect_to_another_host_speaks_of_signing_in(
    case: str, serve: Serve, client_of: ToClient
) -> None:
    server = await serve(IN_FRONT[case])
    assert "sign in" in (await fault_of(client_of(server.url))).sentence


async def test_what_was_entered_for_the_proxy_and_not_accepted_is_said(
    serve: Serve, client_of: ToClient
) -> None:
    server = await serve(IN_FRONT["basic authentication"])
    asked_for = await fault_of(client_of(server.url))
    refused = await fault_of(client_of(server.url, proxy=(("X-Pass", "sesame"),)))
    assert "Enter them in its form" in asked_for.sentence
    assert "does not accept what is entered" in refused.sentence
    assert "sesame" not in refused.sentence


@pytest.mark.parametrize(
    ("name", "application", "who"),
    [
        ("Cinema", "radarr", "Cinema (Radarr)"),
        ("Radarr 4K", "radarr", "Radarr 4K"),
        ("", "radarr", "Radarr at 127.0.0.1:{port}"),
        ("Attic", "sonarr", "Attic (Sonarr)"),
    ],
)
async def test_the_instance_comes_first(
    name: str, application: str, who: str, client_of: ToClient
) -> None:
    port = unused_port()
    fault = await fault_of(client_of(f"http://127.0.0.1:{port}", application, name=name))
    assert fault.sentence.startswith(who.format(port=port) + " cannot be reached")


def test_every_sentence_names_the_instance_first() -> None:
    assert {words.partition(" ")[0] for words in SENTENCES.values()} == {"{who}"}


@pytest.mark.parametrize(
    ("call", "args", "words"),
    [
        ("status", (), "for its status"),
        ("health", (), "for its health"),
        ("total", ("missing",), "for the list of missing episodes"),
        ("total", ("upgrade",), "for the list of episodes to upgrade"),
        ("downloading", (), "for its download queue"),
        ("search", (7,), "to begin a search"),
        ("command", (7,), "for the state of a search"),
        ("cancel", (7,), "to cancel a search"),
        ("last_searched", (7,), "for an episode"),
        ("grabs", (0, 7), "for its history"),
    ],
)
async def test_what_was_asked_is_said(
    call: str, args: tuple[Any, ...], words: str, serve: Serve, client_of: ToClient
) -> None:
    server = await serve(page("502", 502))
    fault = await fault_of(client_of(server.url, name="Attic"), call, *args)
    assert fault.sentence.startswith(f"Attic (Sonarr) was asked {words}, but")


async def test_radarr_is_asked_for_movies(client_of: ToClient) -> None:
    fake = FakeArr("radarr")
    fake.fail_next("/api/v3/wanted", status=502)
    with fake.serve() as url:
        fault = await fault_of(client_of(url, "radarr", key=FakeArr.key), "total", "missing")
    assert "for the list of missing movies" in fault.sentence


def test_there_are_words_for_every_path() -> None:
    below = [f"{path}/7" for path in ASKED_BELOW]
    for path in (*ASKED, *below, "history", "history/since", "history/series"):
        assert asked(SONARR_ITSELF, "GET", path)


async def test_an_address_that_has_worked_is_not_called_wrong(client_of: ToClient) -> None:
    """Even localhost in a container: both may share one network."""
    for host in ("localhost", "127.0.0.1"):
        address = f"http://{host}:{unused_port()}"
        fault = await fault_of(client_of(address, in_container=True, known=True))
        assert fault.code == "refused"
        assert "this container itself" not in fault.sentence
        assert "has worked before" in fault.sentence
    fault = await fault_of(client_of("http://no-such-host.invalid", known=True))
    assert "spelt" not in fault.sentence


async def test_https_is_not_advised_for_an_address_that_has_worked(
    serve: Serve, client_of: ToClient
) -> None:
    wants_https = page("The plain HTTP request was sent to HTTPS port", 400)
    for answer in (b"", wants_https, b"\x15\x03\x03\x00\x02\x02\x50"):
        server = await serve(answer)
        fresh = await fault_of(client_of(server.url))
        known = await fault_of(client_of(server.url, known=True))
        assert "https" in fresh.sentence
        assert "https" not in known.sentence


# What is advised works when it is entered.


def told(fault: Fault) -> str:
    found = re.search(r"https?://[^\s,]+?(?=[.,]? |\.?$)", fault.sentence)
    assert found, fault
    return found[0]


@pytest.mark.parametrize("base", ["", "/tv"])
async def test_the_address_behind_a_redirect_to_https_works(
    base: str, serve: Serve, client_of: ToClient, certificate: Certificate
) -> None:
    there = await serve(reply(SONARR), certificate.context())
    location = f"{there.url}{base}/api/v3/system/status"
    here = await serve(page("301", 301, Location=location))
    fault = await fault_of(client_of(here.url + base))
    assert fault.code == "redirect"
    assert told(fault) == there.url + base
    client = client_of(told(fault), ca_file=certificate.path)
    assert (await client.status()).application == "sonarr"


async def test_a_redirect_of_all_pages_to_https_names_the_site(
    serve: Serve, client_of: ToClient, certificate: Certificate
) -> None:
    there = await serve(reply(SONARR), certificate.context())
    here = await serve(page("301", 301, Location=f"{there.url}/"))
    fault = await fault_of(client_of(here.url))
    await client_of(told(fault), ca_file=certificate.path).status()


@pytest.mark.parametrize("typed", ["", "/wrong"])
async def test_the_address_with_the_url_base_is_the_one_to_enter(
    typed: str, serve: Serve, client_of: ToClient
) -> None:
    """Sonarr puts its base before whatever path it was asked for."""

    async def sonarr(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = server.requests[-1].split(b" ")[1].decode()
        found = path == "/tv/api/v3/system/status"
        writer.write(reply(SONARR) if found else reply(status=307, Location=f"/tv{path}"))
        await writer.drain()

    server = await serve(sonarr)
    fault = await fault_of(client_of(server.url + typed))
    assert fault.code == "url_base_missing"
    assert told(fault) == f"{server.url}/tv"
    assert (await client_of(told(fault)).status()).application == "sonarr"


async def test_a_redirect_in_a_circle_advises_nothing(serve: Serve, client_of: ToClient) -> None:
    server = await serve(reply(status=301, Location="/api/v3/system/status/"))
    fault = await fault_of(client_of(server.url))
    assert "very same address" in fault.sentence


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("login?returnUrl=a", "{url}/api/v3/system/login"),
        ("../../../login", "{url}/login"),
        ("//auth.lan/", "http://auth.lan/"),
    ],
)
async def test_a_redirect_told_from_here_is_told_as_a_whole_address(
    location: str, target: str, serve: Serve, client_of: ToClient
) -> None:
    server = await serve(reply(status=302, Location=location))
    fault = await fault_of(client_of(server.url))
    assert f" {target.format(url=server.url)}" in fault.sentence.replace(",", " ")


@pytest.mark.parametrize("location", ["javascript:alert(1)", "ftp://tv.lan/", "about:blank"])
async def test_a_redirect_to_what_is_no_web_server_leads_nowhere(
    location: str, serve: Serve, client_of: ToClient
) -> None:
    server = await serve(reply(status=302, Location=location))
    fault = await fault_of(client_of(server.url))
    assert "does not say where to" in fault.sentence and location not in fault.sentence
