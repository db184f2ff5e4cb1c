"""Kills backup and restore at each of their steps, and fills the disk meanwhile."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from models.backups.reading import read
from models.database.encryption import load
from tests.disks import NOT_ALLOWED, SmallDisk, small_disk
from tests.placed import Place
from tests.torture.program import ROOT
from tests.torture.steps import DONE, KILL

# An empty file with which a start tries the folder.
TRIAL = ".trial-"
OLD, NEW = "UTC", "Europe/Rome"
# A backup leaves 50 MB free, so it begins on a disk that has some more.
MEGABYTES = 70


def torture(folder: Path, stride: int = 1, full_stride: int = 1) -> list[str]:
    """The violations; every `stride`-th step is tried, with a full disk every `full_stride`-th."""
    found = [*_killed(folder, "backup", stride), *_killed(folder, "restore", stride)]
    with small_disk(folder, MEGABYTES) as disk:
        if disk is None:
            print(f"no disk was filled: {NOT_ALLOWED}")
            return found
        full = [*_full(disk, "backup", full_stride), *_full(disk, "restore", full_stride)]
        return [*found, *full]


def _place(folder: Path) -> tuple[Place, str]:
    """A household that has moved on since its one backup, whose name is told as well."""
    place = Place(Path(tempfile.mkdtemp(dir=folder)))
    backup = place.back_up()
    place.move_to(NEW)
    return place, backup.name


def _killed(folder: Path, command: str, stride: int) -> Iterator[str]:
    steps = 0
    for number in count(1, stride):
        place, name = _place(folder)
        words = [command, name] if command == "restore" else [command]
        code = _run(place, KILL, number, words).returncode
        if code not in (-signal.SIGKILL, DONE):
            yield f"{command}, step {number}: exit code {code}."
        yield from (f"{command}, killed at step {number}: {each}" for each in _wrong(place, name))
        shutil.rmtree(place.options.data_dir.parent)
        if code != -signal.SIGKILL:
            break
        steps += 1
    print(f"{command} killed at {steps} steps")


def _full(disk: SmallDisk, command: str, stride: int) -> Iterator[str]:
    """The disk is filled at each step; what is refused is refused in one sentence."""
    steps, refused = 0, 0
    for number in count(1, stride):
        place, name = _place(disk.path)
        words = [command, name] if command == "restore" else [command]
        done = _run(place, str(disk.ballast), number, words)
        disk.empty()
        if done.returncode not in (0, 2, DONE) or "Traceback" in done.stderr:
            yield f"{command}, disk full at step {number}: {done.returncode}, {done.stderr}"
        wanted = (OLD,) if command == "restore" and done.returncode != 2 else (NEW,)
        wrong = _wrong(place, name, *wanted)
        yield from (f"{command}, disk full at step {number}: {each}" for each in wrong)
        shutil.rmtree(place.options.data_dir.parent)
        if done.returncode == DONE:
            break
        steps, refused = steps + 1, refused + (done.returncode == 2)
    print(f"{command} with a full disk at {steps} steps: {refused} times refused")


def _wrong(place: Place, name: str, *wanted: str) -> Iterator[str]:
    """Whatever is not as it was, or as it is to be, after the next start."""
    try:
        zone = place.zone()
    except Exception as error:  # whatever keeps it from starting is a violation
        yield f"it does not start: {error!r}"
        return
    if zone not in (wanted or (OLD, NEW)):
        yield f"the database is {zone}"
    left = [each for each in place.names() if not each.startswith(TRIAL)]
    if left != ["vqs.db"]:
        yield f"left behind: {left}"
    keyring, _ = load(place.options.secret_path)
    for backup in place.folder.all():
        read(backup.path, keyring)
    if place.folder.find(name) is None:
        yield "the backup is gone"
    if len(list(place.folder.path.iterdir())) != len(place.folder.all()):
        yield "half a backup is left"


def _run(place: Place, how: str, number: int, words: list[str]) -> subprocess.CompletedProcess[str]:
    ours = {"VQS_DATA_DIR": str(place.options.data_dir), "VQS_LOG_LEVEL": "critical"}
    return subprocess.run(
        [sys.executable, "-m", "tests.torture.steps", how, str(number), *words],
        cwd=ROOT,
        env=os.environ | ours,
        capture_output=True,
        text=True,
        timeout=60,
    )
