"""Starts in trouble: what is wrong is one sentence, on the terminal and on the page System."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from jobs.standing import parts
from models.database.fields import now
from models.environment import Environment
from models.instances import Instance
from models.instances.faults import failed
from models.opening import open_folder
from models.parts import machine
from models.parts.machine import EARLIEST, told_at_start
from tests.conftest import START
from tests.disks import NOT_ALLOWED, SmallDisk, small_disk
from tests.fakes.program import ROOT, environment, refusal, running

DOWN = "{} did not answer in time."


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path, 6) as made:
        if made is None:
            pytest.skip(NOT_ALLOWED)
        yield made


def _refused(data: Path) -> str:
    """The one sentence of the start that must fail, beside what the log says."""
    code, said = refusal(data, secret_file=data.parent.parent / "master.key")
    assert code == 2 and "Traceback" not in said
    return said.splitlines()[-1]


@pytest.mark.long
def test_on_a_full_or_read_only_disk_a_start_is_refused_in_one_sentence(disk: SmallDisk) -> None:
    data, secret = disk.path / "data", disk.path.parent / "master.key"
    full = f"The database {data / 'vqs.db'} cannot be opened, as its disk is full: make room there"
    data.mkdir()
    disk.fill()
    assert _refused(data).startswith(full), "at the first start"
    disk.empty()
    with running(data, secret_file=secret):
        pass
    disk.fill()
    assert _refused(data).startswith(full)
    disk.empty()
    disk.remount("ro")
    assert "lies where nothing can be written (Read-only file system)" in _refused(data)
    disk.remount("rw")
    with running(data, secret_file=secret) as (address, _):
        assert httpx.get(f"{address}/health", trust_env=False).status_code == 200


@pytest.mark.long
@pytest.mark.parametrize("names", [["Cinema"], ["Cinema", "Living room"]])
def test_while_instances_are_down_each_is_named_once_and_the_pages_are_served(
    names: list[str], tmp_path: Path
) -> None:
    options = Environment(data_dir=tmp_path / "data")
    opened, _ = open_folder(options)
    for name in ("Cinema", "Living room"):
        facts = {"application": "sonarr", "api_key": "x", "created_at": START}
        row = Instance.create(name=name, key=name.lower(), url="http://127.0.0.1:9", **facts)
        if name in names:
            later = {"at": now(), "retry_at": now() + timedelta(minutes=9)}
            failed(row, "status", code="timeout", sentence=DOWN.format(name), **later)
    opened.close_all()
    with running(options.data_dir) as (address, process):
        assert httpx.get(f"{address}/health", trust_env=False).status_code == 200
        process.terminate()
        _, said = process.communicate()
    assert [said.count(DOWN.format(name)) for name in ("Cinema", "Living room")] == [
        int(name in names) for name in ("Cinema", "Living room")
    ]


def test_a_wrong_clock_and_a_tight_disk_are_told_at_start_and_on_the_page(
    options: Environment, monkeypatch: pytest.MonkeyPatch, living_room: Instance
) -> None:
    assert [each for each in told_at_start(options, now()) if each.startswith("Clock")] == []
    for free, part in ((50_000_000, "Only 50 MB are free"), (500_000_000, "0.5 GB are free")):
        usage = shutil.disk_usage("/")._replace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda path, usage=usage: usage)
        told = list(told_at_start(options, EARLIEST - timedelta(days=9)))
        page = {each.name: each for each in parts(options, None, EARLIEST - timedelta(days=9))}
        assert [each.partition(":")[0] for each in told] == ["Disk", "Clock"]
        assert part in told[0] and page["Disk"].sentence in told[0]
        assert "before this program existed" in told[1] and page["Clock"].sentence in told[1]


ALONE = {
    "route": "Iface\tDestination\tGateway\n",
    "ipv6_route": f"{'0' * 32} 00 {'0' * 32} 00 {'0' * 32} ffffffff 1 0 00200200       lo\n"
    f"fe80{'0' * 28} 40 {'0' * 32} 00 {'0' * 32} 00000100 2 0 1     eth0\n",
}
ROUTE = {
    "route": "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n",
    "ipv6_route": f"fd{'0' * 30} 40 {'0' * 32} 00 {'0' * 32} 00000100 1 0 1     eth0\n",
}


def test_without_any_network_one_sentence_says_so_in_the_place_of_one_for_each_instance(
    options: Environment,
    living_room: Instance,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later = {"at": now(), "retry_at": now() + timedelta(minutes=9)}
    failed(living_room, "status", code="timeout", sentence=DOWN.format("It"), **later)
    monkeypatch.setattr(machine, "ROUTES", tmp_path)
    for name, text in ALONE.items():
        (tmp_path / name).write_text(text)
    (told,) = told_at_start(options, now())
    page = {each.name: each for each in parts(options, None, now())}
    assert page["Network"].state == "fault"
    assert told == f"Network: {page['Network'].sentence} {page['Network'].remedy}"
    for name, text in ROUTE.items():
        (tmp_path / name).write_text(ALONE[name] + text)
        assert list(told_at_start(options, now())) == [f"Living room: {DOWN.format('It')}"], name
        (tmp_path / name).write_text(ALONE[name])
    (tmp_path / "route").unlink()
    assert list(told_at_start(options, now())) == [f"Living room: {DOWN.format('It')}"]


def test_a_machine_without_network_says_so_on_the_terminal(tmp_path: Path) -> None:
    alone = ["unshare", "--net"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("root alone may take the network away")
    done = subprocess.run(
        [*alone, sys.executable, "app.py", "check"],
        cwd=ROOT,
        env=environment(tmp_path / "data"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Network        This machine has none" in done.stdout
