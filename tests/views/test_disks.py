"""What an instance tells of its root folders, and what it does not."""

from typing import Any

import pytest

from jobs.engine import Engine
from models.instances import Instance
from models.queues import Queue
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.browser import Browser
from tests.jobs.faults.acting import run

PLENTY = 4 * 10**12
LOST = {"path": "/mnt/usb", "accessible": False}


def telling(sonarr: FakeArr, *folders: dict[str, Any]) -> None:
    told = [{"id": number, "unmappedFolders": []} | each for number, each in enumerate(folders, 1)]

    def answer(seen: Seen) -> Response | None:
        return Response(200, told) if seen.path.endswith("/rootfolder") else None

    sonarr.before = answer


@pytest.mark.parametrize(
    "folder",
    [
        {"path": "/net", "accessible": True, "freeSpace": None},
        {"path": "/net", "accessible": True},
        {"path": "/net"},
        {"path": "/net", "accessible": True, "freeSpace": -1},
    ],
)
async def test_free_space_that_is_not_told_is_unknown_and_said(
    folder: dict[str, Any], engine: Engine, nightly: Queue, sonarr: FakeArr, alices: Browser
) -> None:
    telling(sonarr, folder, {"path": "/data", "accessible": True, "freeSpace": PLENTY})
    assert (await run(engine, nightly)).state == "finished"
    assert sonarr.commands
    instance = Instance.get()
    assert (instance.full_disk, instance.lost_folder) == (None, None)
    page = await alices.get(f"/instances/{instance.id}")
    assert "does not tell how much space is free on <bdi>/net</bdi>" in page.text


async def test_what_is_unknown_of_one_folder_hides_nothing_of_another(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    telling(sonarr, {"path": "/net"}, {"path": "/data", "accessible": True, "freeSpace": 10**9})
    held = await run(engine, nightly)
    assert "Less than 10 GB are free on /data" in held.note
    assert sonarr.commands == []


async def test_a_folder_that_cannot_be_opened_holds_the_run_and_says_so(
    engine: Engine, nightly: Queue, sonarr: FakeArr, alices: Browser
) -> None:
    telling(sonarr, {"path": "/data", "accessible": True, "freeSpace": PLENTY}, LOST)
    held = await run(engine, nightly)
    assert held.state == "held"
    assert "cannot open its root folder /mnt/usb" in held.note
    assert sonarr.commands == []
    page = await alices.get("/instances/1")
    assert "cannot open <bdi>/mnt/usb</bdi>" in page.text


async def test_whoever_asks_for_no_free_space_is_not_held_by_a_disk(
    engine: Engine, nightly: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    living_room.change(free_space_gb=0)
    telling(sonarr, LOST)
    assert (await run(engine, nightly)).state == "finished"
    assert sonarr.commands
