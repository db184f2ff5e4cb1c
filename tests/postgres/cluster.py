"""A PostgreSQL server of its own for tests, thrown away after them."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDERS = Path("/usr/lib/postgresql")
USER = "vqs"
# Nothing of it has to outlive the machine.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def programs() -> Path | None:
    """Where Debian has put the newest version that is installed."""
    found = sorted(FOLDERS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


class Cluster:
    """A server; `address` is without the name of a database."""

    def __init__(self, home: Path, options: tuple[str, ...]) -> None:
        bin_folder = programs()
        assert bin_folder is not None, "PostgreSQL is not installed"
        data, self.port = home / "data", _free_port()
        given = [f"port={self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
        self._words = " ".join(f"-c {each or chr(39) * 2}" for each in (*given, *FAST, *options))
        make = [bin_folder / "initdb", "-D", data, "-U", USER, "-A", "trust", "--no-sync"]
        self._control = [bin_folder / "pg_ctl", "-D", data, "-w", "-t", "30", "-l", home / "log"]
        self.address = f"postgresql://{USER}@127.0.0.1:{self.port}"
        _as_owner([*make, "--no-locale", "-E", "UTF8"])

    def start(self) -> None:
        _as_owner([*self._control, "-o", self._words, "start"])

    def stop(self, how: str = "immediate") -> None:
        """`how` is smart, fast or immediate, as pg_ctl says it."""
        _as_owner([*self._control, "-m", how, "stop"])


@contextmanager
def cluster(*options: str) -> Iterator[Cluster]:
    """One that runs meanwhile."""
    memory = Path("/dev/shm")
    home = Path(tempfile.mkdtemp(prefix="vqs-pg.", dir=memory if memory.is_dir() else None))
    if os.geteuid() == 0:
        shutil.chown(home, "postgres", "postgres")
    made = Cluster(home, options)
    made.start()
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def server(*options: str) -> Iterator[str]:
    """The address of a server that runs meanwhile, without a database's name."""
    with cluster(*options) as made:
        yield made.address


def _as_owner(command: list[str | Path]) -> None:
    """The programs refuse to run as root, and need a current folder that they may enter."""
    owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    words = [*owner, *map(str, command)]
    done = subprocess.run(words, cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
