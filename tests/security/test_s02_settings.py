"""S02: nobody changes a setting without the right, and saving one section shows no other."""

from html import unescape
from typing import Any

import pytest

from models.forms.settings import HouseForm
from models.household import Household
from models.instances import Instance
from models.people import User
from models.queues import Queue
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from tests.security.walk import CHANGES, dump
from tests.views.typed import instance_fields, queue_fields

# What only its own section may show.
SECTIONS = {
    "household": ("4711", "1999"),
    "instance": ("http://attic.lan:8989", "http://browser.lan", "Attic"),
    "queue": ("Queue of the attic",),
    "person": ("Wilhelmina",),
}
OTHERS = {
    "/settings": ("instance", "queue", "person"),
    "/profile": ("household", "instance", "queue", "person"),
    "/theme": ("household", "person"),
    "/password": ("household", "instance", "queue", "person"),
    "/queues/1": ("household", "person"),
    "/instances/1": ("household", "queue", "person"),
    "/prowlarrs/1": ("household", "queue", "person"),
    "/notifications/1": ("household", "instance", "queue", "person"),
    "/people/1": ("household", "instance", "queue"),
    "/two-factor": ("household", "instance", "queue", "person"),
}
SETTINGS = [step for step in CHANGES if step.method == "PATCH"]


def _typed() -> dict[str, dict[str, Any]]:
    new = "another walk by the sea"
    household = HouseForm.typed(Household.current()) | {"hourly_budget": "19"}
    return {
        "/settings": {name: str(value) for name, value in household.items()},
        "/profile": {"name": "Alice", "time_zone": "UTC", "theme": "dark"},
        "/theme": {"theme": "dark"},
        "/password": {"own_password": PASSWORD, "password": new, "password_again": new},
        "/queues/1": queue_fields(1, name="Evening"),
        "/instances/1": instance_fields("http://127.0.0.1:9", name="Cellar", anyway="1"),
        "/notifications/1": {"name": "Mine", "kind": "webhook"},
        "/prowlarrs/1": {"name": "Lists", "url": "http://127.0.0.1:9", "anyway": "1"},
        "/people/1": {"role": "admin"},
        "/two-factor": {"code": "000000"},
    }


@pytest.fixture
def marked(furnished: dict[str, object], living_room: Instance, bob: User) -> None:
    """Each section has values that stand nowhere else."""
    Household.update(fresh_later_hours=4711, created_at=0, failed_cooldown_days=1999).execute()
    living_room.change(name="Attic", url="http://attic.lan:8989", browser_url="http://browser.lan")
    Queue.update(name="Queue of the attic").execute()
    bob.change(name="Wilhelmina")


def test_every_setting_is_tried_here(furnished: dict[str, object]) -> None:
    assert {step.at(**furnished) for step in SETTINGS} == set(_typed()) == set(OTHERS)


@pytest.mark.parametrize("htmx", [False, True])
async def test_signed_out_nothing_is_saved(
    htmx: bool, browser: Browser, furnished: dict[str, object]
) -> None:
    token, before = await browser.token(), dump()
    for address, typed in _typed().items():
        answer = await browser.post(
            address, method="PATCH", htmx=htmx, follow=False, token=token, **typed
        )
        assert answer.status_code == (401 if htmx else 303), address
        assert answer.text == "", address
    assert dump() == before


@pytest.mark.parametrize("htmx", [False, True])
async def test_saving_one_section_shows_no_other(htmx: bool, alices: Browser, marked: None) -> None:
    for address, typed in _typed().items():
        good = await alices.post(address, method="PATCH", htmx=htmx, follow=False, **typed)
        bad = await alices.post(address, method="PATCH", htmx=htmx, follow=False, none="x")
        assert bad.status_code in (409, 422), address
        for answer in (good, bad):
            shown = unescape(answer.text + str(answer.headers))
            for section in OTHERS[address]:
                for word in SECTIONS[section]:
                    assert word not in shown, (address, word)


async def test_a_field_of_another_section_is_refused_and_saves_nothing(
    alices: Browser, furnished: dict[str, object]
) -> None:
    foreign = {"pepper": "x", "held_at": "", "api_key_of": "1", "password_hash": "x", "id": "2"}
    before = dump()
    for address, typed in _typed().items():
        if address == "/two-factor":
            continue
        for name, value in foreign.items():
            answer = await alices.post(address, method="PATCH", **typed | {name: value})
            assert answer.status_code == 422, (address, name)
    assert dump() == before
