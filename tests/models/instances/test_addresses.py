"""Addresses of instances as people type them."""

from ipaddress import ip_address

import pytest

from models.instances.addresses import allowed, normalise


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("http://192.168.1.20:8989", "http://192.168.1.20:8989"),
        ("HTTP://Sonarr.LAN:8989/", "http://sonarr.lan:8989"),
        ("https://tv.example.org", "https://tv.example.org"),
        ("http://my_sonarr:8989", "http://my_sonarr:8989"),
        ("http://sonarr-4k_2:8989/sonarr/", "http://sonarr-4k_2:8989/sonarr"),
        ("http://host.docker.internal:8989", "http://host.docker.internal:8989"),
        ("http://localhost:8989", "http://localhost:8989"),
        ("http://127.0.0.1:8989", "http://127.0.0.1:8989"),
        ("http://[::1]:8989", "http://[::1]:8989"),
        ("http://[FD00:0:0::1]:8989/tv", "http://[fd00::1]:8989/tv"),
        ("http://[2001:db8::7]", "http://[2001:db8::7]"),
        ("http://bücher.example", "http://xn--bcher-kva.example"),
        ("http://sonarr.lan./", "http://sonarr.lan"),
        ("http://tv:8989/a/b", "http://tv:8989/a/b"),
        ("http://tv:8989/sonarr/api/v3", "http://tv:8989/sonarr"),
        ("http://tv:8989/api", "http://tv:8989"),
        ("http://tv:", "http://tv"),
        ("http://10.0.0.5:65535", "http://10.0.0.5:65535"),
    ],
)
def test_what_can_be_reached_is_made_uniform(typed: str, kept: str) -> None:
    assert normalise(typed) == kept
    assert normalise(kept) == kept


BEGIN, NOT_ONE = "Begin with http://", "This is not an address"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", BEGIN),
        ("sonarr:8989", BEGIN),
        ("192.168.1.20", BEGIN),
        ("//sonarr", BEGIN),
        ("ftp://sonarr", BEGIN),
        ("file:///etc/passwd", BEGIN),
        ("demo://sonarr", BEGIN),
        ("javascript:alert(1)", BEGIN),
        ("http:/sonarr", BEGIN),
        ("http://", "names no host"),
        ("http:///sonarr", "names no host"),
        ("http://:8989", "names no host"),
        ("http://user@tv:8989", "Leave the name and password out"),
        ("http://user:secret@tv", "Leave the name and password out"),
        ("http://@tv", "Leave the name and password out"),
        ("http://tv:8989/?apikey=1", "from the ? or #"),
        ("http://tv:8989?", "from the ? or #"),
        ("http://tv:8989/#/", "from the ? or #"),
        ("http://my sonarr:8989", "no spaces"),
        ("http://tv:8989/a b", "no spaces"),
        ("http://tv\t", "no spaces"),
        ("http://tv:0", "from 1 to 65535"),
        ("http://tv:65536", NOT_ONE),
        ("http://tv:-1", NOT_ONE),
        ("http://tv:http", NOT_ONE),
        ("http://[::1", NOT_ONE),
        ("http://[nonsense]", NOT_ONE),
        ("http://::1:8989", NOT_ONE),
        ("http://256.1.1.1", "This is not an IP address"),
        ("http://127.1", "This is not an IP address"),
        ("http://2130706433", "This is not an IP address"),
        ("http://-tv", "The host's name cannot be used"),
        ("http://tv-", "The host's name cannot be used"),
        ("http://a..b", "The host's name cannot be used"),
        ("http://tv%00", "The host's name cannot be used"),
        ("http://tv\\evil", "The host's name cannot be used"),
        ("http://" + "a" * 64, "The host's name cannot be used"),
        ("http://" + "ü" * 64, "The host's name cannot be used"),
        (
            "http://" + "a." * 140,
            "at most 300" if len("http://" + "a." * 140) > 300 else "host's name",
        ),
        ("http://" + "a" * 300, "at most 300 characters"),
        ("http://tv/sönarr", "The URL base may hold"),
        ("http://tv/a//b", "The URL base may hold"),
        ("http://tv/a%2fb", "The URL base may hold"),
        ("http://tv/../admin", "dots alone"),
        ("http://tv/.", "dots alone"),
        ("http://169.254.169.254/", "is not an address that"),
        ("http://169.254.7.7:8989", "is not an address that"),
        ("http://[fe80::1]:8989", "is not an address that"),
        ("http://[::ffff:169.254.169.254]", "is not an address that"),
        ("http://[64:ff9b::a9fe:a9fe]", "is not an address that"),
        ("http://[fd00:ec2::254]", "is not an address that"),
        ("http://100.100.100.200", "is not an address that"),
        ("http://0.0.0.0:8989", "is not an address that"),
        ("http://[::]:8989", "is not an address that"),
        ("http://224.0.0.1", "is not an address that"),
        ("http://[ff02::1]", "is not an address that"),
        ("http://255.255.255.255", "is not an address that"),
    ],
)
def test_what_cannot_be_used_has_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$") as refusal:
        normalise(typed)
    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_the_networks_where_instances_live_are_allowed() -> None:
    for text in ("127.0.0.1", "10.1.2.3", "172.17.0.2", "192.168.1.5", "::1", "fd00::5", "8.8.8.8"):
        assert allowed(ip_address(text))
