"""What people decide for themselves."""

import pytest

from models.database.fields import now
from models.household import Household
from models.people import User
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from views.profile import NAME_TAKEN, NOT_HERE

TYPED = {"name": "Vera", "time_zone": "Asia/Tokyo", "theme": "dark"}


async def test_even_a_viewer_has_one(veras: Browser, vera: User) -> None:
    page = await veras.post("/profile", method="PATCH", **TYPED | {"name": "Véra"})
    assert page.url.path == "/profile"
    kept = User.get_by_id(vera.id)
    assert (kept.name, kept.key, kept.time_zone) == ("Véra", "véra", "Asia/Tokyo")
    assert kept.role == "viewer"
    async with Browser(veras.app) as other:
        assert (await other.sign_in("véra", PASSWORD)).status_code == 200


@pytest.mark.parametrize(
    ("theme", "attribute"),
    [("auto", '<html lang="en">'), ("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')],
)
async def test_the_theme_is_on_every_page(theme: str, attribute: str, veras: Browser) -> None:
    await veras.post("/profile", method="PATCH", **TYPED | {"theme": theme})
    for path in ("/", "/queues", "/nowhere"):
        assert attribute in (await veras.get(path)).text


async def test_times_are_shown_in_the_chosen_zone(veras: Browser, vera: User) -> None:
    vera.change(password_changed_at=now().replace(hour=3))
    await veras.post("/profile", method="PATCH", **TYPED)
    assert "JST" in (await veras.get("/profile")).text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " ALICE"}, "name"),
        ({"name": "a" * 61}, "name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"theme": "pink"}, "theme"),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
async def test_what_is_wrong_is_said_beside_its_field(
    change: dict[str, str], field: str, htmx: bool, veras: Browser, vera: User
) -> None:
    answer = await veras.post("/profile", method="PATCH", htmx=htmx, **TYPED | change)
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert (NAME_TAKEN in answer.text) == (change == {"name": " ALICE"})
    kept = User.get_by_id(vera.id)
    assert (kept.name, kept.time_zone, kept.theme) == ("Vera", "Europe/Berlin", "auto")


async def test_a_name_that_comes_from_elsewhere_stays(veras: Browser, vera: User) -> None:
    vera.change(password_hash=None)
    answer = await veras.post("/profile", method="PATCH", **TYPED | {"name": "Other"})
    assert answer.status_code == 422
    assert NOT_HERE in answer.text
    assert (await veras.post("/profile", method="PATCH", **TYPED)).status_code == 200
    assert User.get_by_id(vera.id).theme == "dark"


async def test_a_time_zone_that_this_machine_has_lost_is_utc(alices: Browser, alice: User) -> None:
    """As after an update of the system, or a restore on another one."""
    alice.change(time_zone="Mars/Olympus")
    Household.current().change(time_zone="Mars/Olympus")
    for path in ("/", "/queues", "/plan", "/yield", "/runs", "/searches", "/backups", "/profile"):
        assert (await alices.get(path)).status_code == 200, path
