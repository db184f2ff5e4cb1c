"""What an instance's page says of changes there, and of others who search there."""

from datetime import timedelta

from models.backlog.snapshots import Drift
from models.database.fields import now
from models.instances import Instance
from tests.fakes.browser import Browser
from tests.wanted import wanted


async def test_the_latest_ten_changes_are_shown(veras: Browser, living_room: Instance) -> None:
    for number in range(12):
        at = now() - timedelta(hours=12 - number)
        Drift.create(instance=living_room, at=at, sentence=f"The tag “t{number}” is <new>.")
    page = await veras.get(f"/instances/{living_room.id}")
    assert "The tag “t11” is &lt;new&gt;." in page.text and "“t2”" in page.text
    assert "“t1”" not in page.text
    assert page.text.index("“t11”") < page.text.index("“t2”")


async def test_where_nothing_has_changed_nothing_is_said(
    veras: Browser, living_room: Instance
) -> None:
    page = await veras.get(f"/instances/{living_room.id}")
    assert "Recent changes" not in page.text
    assert "Something else searches here too" not in page.text


async def test_somebody_elses_searches_are_noticed(veras: Browser, living_room: Instance) -> None:
    for _ in range(4):
        wanted(living_room, at=now(), arr_searched_at=now() - timedelta(hours=1))
    page = await veras.get(f"/instances/{living_room.id}")
    assert "Something else searches here too" in page.text and "searched for 4 items" in page.text
