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
from tests.placed import Place
from tests.torture.program import ROOT
from tests.torture.steps import DONE

# An empty file with which a start tries the folder.
TRIAL = ".trial-"
OLD, NEW = "UTC", "Europe/Rome"
# Bytes that a file may get on a full disk: less than a backup has.
FULL = 300_000


def torture(folder: Path, stride: int = 1) -> list[str]:
    """The violations; every `stride`-th step is tried."""
    return [*_killed(folder, "backup", stride), *_killed(folder, "restore", stride), *_full(folder)]


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
        code = _run(place, "-m", "tests.torture.steps", str(number), *words)
        if code not in (-signal.SIGKILL, DONE):
            yield f"{command}, step {number}: exit code {code}."
        yield from (f"{command}, killed at step {number}: {each}" for each in _wrong(place, name))
        shutil.rmtree(place.options.data_dir.parent)
        if code != -signal.SIGKILL:
            break
        steps += 1
    print(f"{command} killed at {steps} steps")


def _full(folder: Path) -> Iterator[str]:
    for command in ("backup", "restore"):
        place, name = _place(folder)
        words = [command, name] if command == "restore" else [command]
        code = _run(place, "app.py", *words, largest=FULL)
        if code != 2:
            yield f"{command} on a full disk: exit code {code}."
        yield from (f"{command} on a full disk: {each}" for each in _wrong(place, name, NEW))


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


def _run(place: Place, *words: str, largest: int = 0) -> int:
    limits = ("bash", "-c", f"trap '' XFSZ; ulimit -f {largest // 1024}; exec \"$@\"", "limited")
    ours = {"VQS_DATA_DIR": str(place.options.data_dir), "VQS_LOG_LEVEL": "critical"}
    done = subprocess.run(
        [*(limits if largest else ()), sys.executable, *words],
        cwd=ROOT,
        env=os.environ | ours,
        capture_output=True,
        timeout=60,
    )
    return done.returncode
