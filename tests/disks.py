"""Small disks that a test can really fill; only root may mount them."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BLOCK = 4096
NOT_ALLOWED = "root alone may mount disks"


class SmallDisk:
    """A disk of its own at `path`, until the block ends that mounted it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ballast = path / "ballast"

    def fill(self) -> None:
        """Not one more block fits."""
        fill(self.ballast)

    def empty(self) -> None:
        self.ballast.unlink(missing_ok=True)

    def remount(self, options: str) -> None:
        assert _mount(self.path, f"remount,{options}")


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk | None]:
    """A disk of this size; yields None where none may be mounted."""
    path = folder / "disk"
    path.mkdir()
    if not _mount(path, f"size={megabytes}m"):
        yield None
        return
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", str(path)], check=True)


def fill(ballast: Path) -> None:
    """Writes until the disk takes no more."""
    with suppress(OSError), ballast.open("ab", buffering=0) as file:
        while True:
            file.write(bytes(BLOCK))


def _mount(path: Path, options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)]
    try:
        return not subprocess.run(command, capture_output=True, check=False).returncode
    except OSError:
        return False
