"""Which instance a server is already."""

import pytest

from models.database import Database
from models.database.fields import now
from models.instances import Instance, twins

KEY = "0123456789abcdef0123456789abcdef"


def _at(url: str, **changes: object) -> Instance:
    row = {"name": "Attic", "key": "attic", "application": "sonarr", "url": url, "api_key": KEY}
    return Instance.create(**(row | {"created_at": now()} | changes))


@pytest.mark.parametrize(
    ("stored", "typed", "same"),
    [
        ("http://sonarr:8989", "http://sonarr:8989", True),
        ("http://sonarr:80", "http://sonarr", True),
        ("https://sonarr", "https://sonarr:443", True),
        ("http://[fd00::1]:8989/tv", "http://[fd00::1]:8989/tv", True),
        ("http://sonarr", "https://sonarr", False),
        ("http://sonarr:443", "https://sonarr", False),
        ("http://sonarr:8989", "http://sonarr:8990", False),
        ("http://sonarr:8989/tv", "http://sonarr:8989/4k", False),
        ("http://sonarr:8989/tv", "http://sonarr:8989", False),
    ],
)
def test_an_address_is_the_same_with_and_without_its_usual_port(
    db: Database, stored: str, typed: str, same: bool
) -> None:
    attic = _at(stored)
    assert twins.at(typed) == (attic if same else None)
    assert twins.at(typed, attic) is None


def test_only_real_instances_of_the_application_have_a_key_in_common(db: Database) -> None:
    attic = _at("http://sonarr:8989")
    _at("http://radarr:7878", name="Cinema", key="cinema", application="radarr")
    _at("demo://sonarr", name="Demo", key="demo", demo=True)
    _at("http://other:8989", name="Other", key="other", api_key=KEY[::-1])
    assert twins.with_key("sonarr", KEY) == [attic]
    assert twins.with_key("sonarr", KEY, attic) == []
