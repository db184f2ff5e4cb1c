"""What a client says when no connection comes about, and where it does not connect to at all."""

import asyncio
import ipaddress
import socket
from pathlib import Path
from typing import Any

import pytest

from jobs.arr import Client, Fault, Timeouts
from jobs.net import Door
from jobs.net.addresses import allowed
from tests.jobs.net.raw import KEY, SONARR, Certificate, Serve, ToClient, reply


async def fault_of(client: Client) -> Fault:
    with pytest.raises(Fault) as caught:
        await client.search(1)
    assert KEY not in caught.value.sentence
    return caught.value


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def names(*addresses: str) -> Any:
    """A resolver that knows one name, and counts how often it is asked."""

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        getaddrinfo.asked += 1  # type: ignore[attr-defined]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    getaddrinfo.asked = 0  # type: ignore[attr-defined]
    return getaddrinfo


async def test_a_refused_connection_is_named(client_of: ToClient) -> None:
    fault = await fault_of(client_of(f"http://127.0.0.1:{unused_port()}"))
    assert (fault.code, fault.may_have_arrived) == ("refused", False)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
async def test_localhost_in_a_container_is_the_container(host: str, client_of: ToClient) -> None:
    fault = await fault_of(client_of(f"http://{host}:{unused_port()}", in_container=True))
    assert (fault.code, fault.may_have_arrived) == ("localhost", False)
    assert "that is this container itself; use the service's name or" in fault.sentence
    assert "host.docker.internal" in fault.sentence


async def test_an_unknown_name_is_named(client_of: ToClient) -> None:
    fault = await fault_of(client_of("http://no_such_host.invalid:8989"))
    assert (fault.code, fault.may_have_arrived) == ("name_not_found", False)
    assert "no_such_host.invalid" in fault.sentence


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".lan"])
async def test_an_impossible_name_is_no_address(host: str, client_of: ToClient) -> None:
    assert (await fault_of(client_of(f"http://{host}"))).code == "blocked_address"


async def test_an_address_without_an_answer_times_out(client_of: ToClient) -> None:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(0)
    port = listening.getsockname()[1]
    waiting = [socket.socket() for _ in range(3)]
    for each in waiting:
        each.setblocking(False)
        each.connect_ex(("127.0.0.1", port))
    brief = Timeouts(0.2, 0.3, 0.3, 0.8, 0.8)
    fault = await fault_of(client_of(f"http://127.0.0.1:{port}", timeouts=brief))
    for each in [listening, *waiting]:
        each.close()
    assert (fault.code, fault.may_have_arrived) == ("timeout", False)


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "169.254.0.9",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[fd00:ec2::23]",
        "[fd00:ec2:ffff::1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]",
        "224.0.0.1",
        "[ff02::1]",
        "0.0.0.0",
        "0.1.2.3",
        "[::]",
        "255.255.255.255",
        "100.100.100.200",
        "2852039166",
        "0xa9fea9fe",
    ],
)
async def test_some_addresses_are_never_connected_to(host: str, client_of: ToClient) -> None:
    fault = await fault_of(client_of(f"http://{host}:80"))
    assert (fault.code, fault.may_have_arrived) == ("blocked_address", False)


@pytest.mark.parametrize(
    "host", ["10.0.0.2", "192.168.1.5", "172.17.0.1", "127.0.0.1", "::1", "fd12::5", "8.8.8.8"]
)
def test_private_and_loopback_addresses_are_allowed(host: str) -> None:
    assert allowed(ipaddress.ip_address(host))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sonarr:8989",
        "ftp://sonarr",
        "file:///etc/passwd",
        "http://",
        "http://bob:pw@sonarr",
        "http://sonarr:0",
        "http://sonarr:99999",
        "http://so narr",
        "http://[x]",
        "http://[fe80::1%25eth0]",
        "http://a\r\nb",
        "demo://elsewhere",
        "http://h%20st",
    ],
)
async def test_an_address_of_another_kind_is_refused(url: str, client_of: ToClient) -> None:
    fault = await fault_of(client_of(url))
    assert (fault.code, fault.may_have_arrived) == ("blocked_address", False)
    assert "pw" not in fault.sentence


@pytest.mark.parametrize("key", ["", "with space", "line\r\nX-Evil: 1", "clé"])
async def test_a_key_that_cannot_be_a_header_is_refused(key: str, client_of: ToClient) -> None:
    fault = await fault_of(client_of("http://127.0.0.1:1", key=key))
    assert (fault.code, fault.may_have_arrived) == ("wrong_key", False)
    assert "Evil" not in fault.sentence


async def test_a_name_that_means_a_blocked_address_is_refused(
    client_of: ToClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", names("169.254.169.254"))
    assert (await fault_of(client_of("http://rebound.example"))).code == "blocked_address"


async def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(
    serve: Serve, client_of: ToClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve(reply(SONARR))
    resolver = names("169.254.169.254", "127.0.0.1")
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolver)
    await client_of(f"http://my_sonarr:{server.port}").status()
    assert resolver.asked == 1
    assert f"Host: my_sonarr:{server.port}".encode() in server.requests[0]


async def test_a_dead_address_does_not_hide_a_living_one(
    serve: Serve, client_of: ToClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve(reply(SONARR))
    resolver = names("127.0.0.2", "127.0.0.1")
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolver)
    await client_of(f"http://host.docker.internal:{server.port}").status()


async def test_proxies_of_the_environment_are_ignored(
    serve: Serve, client_of: ToClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await serve(reply(SONARR))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert (await client_of(server.url).status()).application == "sonarr"


async def test_a_certificate_that_signed_itself_is_refused(
    serve: Serve, client_of: ToClient, certificate: Certificate
) -> None:
    server = await serve(reply(SONARR), certificate.context())
    fault = await fault_of(client_of(server.url))
    assert (fault.code, fault.may_have_arrived) == ("tls", False)
    assert "VQS_CA_FILE" in fault.sentence
    assert server.requests == []


async def test_a_certificate_in_the_own_ca_file_is_accepted(
    serve: Serve, client_of: ToClient, certificate: Certificate
) -> None:
    server = await serve(reply(SONARR), certificate.context())
    client = client_of(server.url, ca_file=certificate.path)
    assert (await client.status()).application == "sonarr"


async def test_checking_can_be_switched_off(
    serve: Serve, client_of: ToClient, certificate: Certificate
) -> None:
    server = await serve(reply(SONARR), certificate.context())
    client = client_of(server.url, verify_tls=False)
    assert (await client.status()).application == "sonarr"


async def test_a_certificate_for_another_name_is_refused(
    serve: Serve, client_of: ToClient, tmp_path: Path
) -> None:
    other = Certificate(tmp_path, "sonarr.example")
    server = await serve(reply(SONARR), other.context())
    fault = await fault_of(client_of(server.url, ca_file=other.path))
    assert fault.code == "tls"
    assert "another name" in fault.sentence


async def test_an_expired_certificate_is_refused(
    serve: Serve, client_of: ToClient, tmp_path: Path
) -> None:
    expired = Certificate(tmp_path, "127.0.0.1", days=-1)
    server = await serve(reply(SONARR), expired.context())
    fault = await fault_of(client_of(server.url, ca_file=expired.path))
    assert fault.code == "tls"
    assert "expired" in fault.sentence


async def test_plain_http_behind_an_https_address_is_said(
    client_of: ToClient,
) -> None:
    async def anything(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(reply(b"Bad Request", status=400, kind="text/plain"))
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(anything, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    fault = await fault_of(client_of(f"https://127.0.0.1:{port}"))
    listening.close()
    assert (fault.code, fault.may_have_arrived) == ("tls", False)
    assert "http:// instead of https://" in fault.sentence


async def test_https_behind_a_plain_http_address_is_said(
    serve: Serve, client_of: ToClient, certificate: Certificate
) -> None:
    server = await serve(reply(SONARR), certificate.context())
    fault = await fault_of(client_of(server.url.replace("https", "http")))
    assert "Does it expect https?" in fault.sentence


def test_a_ca_file_that_is_none_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(ValueError, match=r"ca\.pem holds no readable certificate"):
        Door(tmp_path / "ca.pem", "VQS/0", {})
    with pytest.raises(FileNotFoundError):
        Door(tmp_path / "missing.pem", "VQS/0", {})
