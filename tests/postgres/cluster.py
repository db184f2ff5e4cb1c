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


@contextmanager
def server(*options: str) -> Iterator[str]:
    """The address of a server that runs meanwhile, without a database's name."""
    bin_folder = programs()
    assert bin_folder is not None, "PostgreSQL is not installed"
    memory = Path("/dev/shm")
    home = Path(tempfile.mkdtemp(prefix="vqs-pg.", dir=memory if memory.is_dir() else None))
    if os.geteuid() == 0:
        shutil.chown(home, "postgres", "postgres")
    data, port = home / "data", _free_port()
    given = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *FAST]
    words = " ".join(f"-c {each or chr(39) * 2}" for each in (*given, *options))
    make = [bin_folder / "initdb", "-D", data, "-U", USER, "-A", "trust", "--no-sync"]
    control = [bin_folder / "pg_ctl", "-D", data, "-w", "-t", "30", "-l", home / "log"]
    _as_owner([*make, "--no-locale", "-E", "UTF8"])
    _as_owner([*control, "-o", words, "start"])
    try:
        yield f"postgresql://{USER}@127.0.0.1:{port}"
    finally:
        _as_owner([*control, "-m", "immediate", "stop"])
        shutil.rmtree(home, ignore_errors=True)


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
