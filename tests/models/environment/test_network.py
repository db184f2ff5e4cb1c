"""Networks, names and hops."""

import pytest

from models.environment.network import base_path, client_of, host_names, is_at_home, networks

HOME = networks("127.0.0.1, 10.0.0.0/8, fd00::/8")


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0.1/8", "proxy", "*", "10.0.0.0/8;::1"])
def test_what_is_no_network_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is not a network"):
        networks(text)


@pytest.mark.parametrize(
    "text", ["*.example.com", "https://a.example", "a b", "a.example:80", "-a"]
)
def test_what_is_no_host_name_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is not a host name"):
        host_names(text)


def test_host_names_are_compared_as_the_name_system_does() -> None:
    assert host_names(" Searcharr.Example.COM. ,two.example,") == (
        "searcharr.example.com",
        "two.example",
    )


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("", ""),
        ("/", ""),
        ("searcharr", "/searcharr"),
        ("/searcharr/", "/searcharr"),
        ("/a/b", "/a/b"),
    ],
)
def test_a_base_path_is_taken_however_its_slashes_are_typed(typed: str, path: str) -> None:
    assert base_path(typed) == path


@pytest.mark.parametrize("typed", ["/a//b", "/../etc", "/a b", "https://x.example/a", '/"', "/a?b"])
def test_what_is_no_path_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="is not a path"):
        base_path(typed)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:7337",
        "LOCALHOST.",
        "127.0.0.1:7337",
        "[::1]:7337",
        "192.168.1.20",
        "nas",
        "my_nas:80",
        "searcharr.local",
        "vqs.lan:443",
        "vqs.home.arpa",
        "host.docker.internal",
        "searcharr.example.com",
        "Searcharr.Example.com.:8443",
    ],
)
def test_names_at_home_and_those_listed_are_answered(host: str) -> None:
    assert is_at_home(host, ("searcharr.example.com",))


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "searcharr.example.com.evil.example",
        "xsearcharr.example.com",
        "local",
        "127.0.0.1.evil.example",
        "evil.example#.local",
        "evil.example/.local",
        "user@nas",
        "a..local",
        ".local",
        "nas:port",
        "[::1",
        "nas nas",
        "127.1.evil.com",
    ],
)
def test_names_of_strangers_are_not(host: str) -> None:
    assert is_at_home(host, ("searcharr.example.com",)) is (host == "local")


@pytest.mark.parametrize(
    ("peer", "hops", "client"),
    [
        ("203.0.113.5", ["198.51.100.1"], "203.0.113.5"),
        ("10.0.0.2", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.2", ["1.1.1.1", "198.51.100.1", "10.0.0.3"], "198.51.100.1"),
        ("10.0.0.2", ["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.2", ["10.0.0.9", "10.0.0.3"], "10.0.0.9"),
        ("10.0.0.2", ["198.51.100.1", "unknown"], "10.0.0.2"),
        ("10.0.0.2", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.2", ['"[2001:db8::7]:4711"'], "2001:db8::7"),
        ("::ffff:10.0.0.2", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.2", [""], "10.0.0.2"),
        ("unix", ["198.51.100.1"], "unix"),
    ],
)
def test_the_right_most_hop_that_nobody_vouches_for_counts(
    peer: str, hops: list[str], client: str
) -> None:
    assert client_of(peer, hops, HOME) == client
