"""What a client says of answers that are not what it asked for."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from jobs.arr import Fault
from tests.jobs.net.raw import KEY, SONARR, Serve, ToClient, reply

HTML = "text/html; charset=utf-8"
PAGE = b"<!doctype html><title>Hello</title>"
LOGIN_PAGE = b"<!doctype html><form><input name='password' type='password'></form>"
TRACE = {"message": "database is locked", "description": "SQLiteException at C:\\secret"}

ANSWERS = {
    "a wrong key": (reply(status=401, kind=None), "wrong_key", "Settings, General"),
    "a proxy that wants a password": (
        reply(status=401, kind=HTML, WWW_Authenticate="Basic"),
        "sign_in_page",
        "name and password of its own",
    ),
    "a page": (reply(PAGE, kind=HTML), "not_arr", "web page"),
    "a page called JSON's neighbour": (
        reply(b"hello", kind="text/plain"),
        "not_arr",
        "not one of Sonarr",
    ),
    "other JSON": (reply({"hello": "world"}), "not_arr", "not one of Sonarr"),
    "a JSON list": (reply([1, 2]), "not_arr", "not one of Sonarr"),
    "nothing at that path": (reply(status=404, kind=None), "not_arr", "not one of Sonarr"),
    "a page that is not found": (reply(PAGE, status=404, kind=HTML), "not_arr", "in front of it"),
    "a Radarr": (
        reply({"appName": "Radarr", "version": "5.6"}),
        "wrong_application",
        "says that it is Radarr, and Sonarr was expected.",
    ),
    "a sign-in page": (reply(LOGIN_PAGE, kind=HTML), "sign_in_page", "a page to sign in came back"),
    "a redirect to a sign-in page": (
        reply(status=302, Location="http://auth.example/login?returnUrl=%2Fapi"),
        "sign_in_page",
        "sign in at http://auth.example/login.",
    ),
    "a redirect": (
        reply(status=302, Location="https://bob:secret@media.example:8443/tv?apikey=secret"),
        "redirect",
        "sends us to https://media.example:8443/tv, where",
    ),
    "a redirect to nowhere": (reply(status=302), "redirect", "does not say where"),
    "a broken redirect": (reply(status=302, Location="http://[x"), "redirect", "say where"),
    "a missing URL base": (
        reply(status=307, Location="/sonarr/api/v3/system/status"),
        "url_base_missing",
        "/sonarr",
    ),
    "starting up": (
        reply({"errorMessage": "Sonarr is starting up, please try again later"}, status=503),
        "starting",
        " is starting up.",
    ),
    "a proxy without Sonarr": (
        reply(PAGE, status=502, kind=HTML),
        "server_error",
        "got no answer from it (502)",
    ),
    "an error of its own": (reply(TRACE, status=500), "server_error", "(500)"),
    "an old version": (
        reply({"appName": "Sonarr", "version": "3.0.10.1567"}),
        "too_old",
        "is too old: it is Sonarr 3.0.10.1567, and 4.0.0 or newer",
    ),
    "no version": (reply({"appName": "Sonarr"}), "too_old", "4.0.0"),
    "slow down": (reply(status=429, kind=None), "rate_limited", "slow down"),
    "a refusal": (reply([{"errorMessage": "no"}], status=400), "rejected", "(400)"),
    "plain http on nginx's https port": (
        reply(b"<h1>The plain HTTP request was sent to HTTPS port</h1>", status=400, kind=HTML),
        "tls",
        "https:// instead of http://",
    ),
    "no HTTP at all": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "not_http", "something other than http"),
    "broken JSON": (reply(b'{"appName": "Son'), "malformed", "understood"),
    "an unknown packing": (reply(b"x", Content_Encoding="br"), "malformed", "understood"),
}


@pytest.mark.parametrize("case", ANSWERS)
async def test_each_answer_has_its_own_sentence(
    case: str, serve: Serve, client_of: ToClient
) -> None:
    answer, code, words = ANSWERS[case]
    server = await serve(answer)
    with pytest.raises(Fault) as caught:
        await client_of(server.url).status()
    assert (caught.value.code, words in caught.value.sentence) == (code, True), caught.value
    assert "secret" not in caught.value.sentence
    assert KEY not in caught.value.sentence


async def test_a_sonarr_says_what_it_is(serve: Serve, client_of: ToClient) -> None:
    server = await serve(reply(SONARR, Date="Sun, 22 Nov 2026 15:42:54 GMT"))
    client = client_of(server.url + "/base/")
    status = await client.status()
    assert (status.application, status.version) == ("sonarr", "4.0.17.2952")
    assert status.instance_name == "Living room"
    assert client.server_time == 1795362174000
    head = server.requests[0].decode()
    assert head.startswith("GET /base/api/v3/system/status HTTP/1.1\r\n")
    assert f"X-Api-Key: {KEY}\r\n" in head
    assert "User-Agent: VQS/0 test\r\n" in head


async def test_radarr_before_5_is_too_old(serve: Serve, client_of: ToClient) -> None:
    server = await serve(reply({"appName": "Radarr", "version": "4.7.5.7809"}))
    with pytest.raises(Fault, match=r"too old: it is Radarr 4\.7\.5\.7809, and 5\.0 or newer"):
        await client_of(server.url, "radarr").status()


async def test_a_redirect_is_not_followed(serve: Serve, client_of: ToClient) -> None:
    elsewhere = await serve(reply(SONARR))
    server = await serve(reply(status=307, Location=elsewhere.url + "/api/v3/system/status"))
    with pytest.raises(Fault) as caught:
        await client_of(server.url).status()
    assert caught.value.code == "redirect"
    assert elsewhere.url in caught.value.sentence
    assert elsewhere.requests == []


async def test_cookies_are_not_kept(serve: Serve, client_of: ToClient) -> None:
    server = await serve(reply(SONARR, Set_Cookie="session=1; Path=/"))
    client = client_of(server.url)
    await client.status()
    await client.status()
    assert b"cookie" not in server.requests[1].lower()


async def test_retry_after_is_understood_in_seconds(serve: Serve, client_of: ToClient) -> None:
    server = await serve(reply(status=429, kind=None, Retry_After="120"))
    with pytest.raises(Fault) as caught:
        await client_of(server.url).health()
    assert caught.value.retry_after == 120


async def test_retry_after_is_understood_as_a_date_of_the_server(
    serve: Serve, client_of: ToClient
) -> None:
    now = datetime(2031, 5, 1, tzinfo=UTC)
    dates = {"Date": format_datetime(now, usegmt=True)}
    dates["Retry_After"] = format_datetime(now + timedelta(seconds=90), usegmt=True)
    server = await serve(reply({"errorMessage": "starting"}, status=503, **dates))
    with pytest.raises(Fault) as caught:
        await client_of(server.url).health()
    assert (caught.value.code, caught.value.retry_after) == ("starting", 90)


@pytest.mark.parametrize("nonsense", ["soon", "-5", "", "Mon, 99 Foo 2026 00:00:00 GMT"])
async def test_a_senseless_retry_after_is_none(
    nonsense: str, serve: Serve, client_of: ToClient
) -> None:
    server = await serve(reply(status=429, kind=None, Retry_After=nonsense))
    with pytest.raises(Fault) as caught:
        await client_of(server.url).health()
    assert caught.value.retry_after is None


async def test_what_a_stranger_sends_is_cut_to_a_line(serve: Serve, client_of: ToClient) -> None:
    name = "<b>Evil\u202e\n" * 100
    server = await serve(reply({"appName": name, "version": "9"}))
    with pytest.raises(Fault) as caught:
        await client_of(server.url).status()
    assert len(caught.value.sentence) < 300
    assert caught.value.sentence.isprintable()
