"""The real program in a process of its own, and a person at its pages."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import httpx

from models.database import Database, database, encryption
from models.database.embedded import EmbeddedDatabase
from models.environment import Environment
from tests.bench.arr import Server

ROOT = Path(__file__).parents[2]
# The program as it is, but for the limits of how often one person may ask: this one asks at once.
START = (
    "import sys, app; from views.web.limits import Limits; "
    "Limits.wait = lambda *_: 0; sys.exit(app.main())"
)
NAME, PASSWORD = "Alice", "a long walk by the river"
SETUP_TOKEN = "the-token-of-this-bench"  # nosec B105
TOKEN = re.compile(r'name="token" value="([^"]+)"')
KILOBYTE = 1024
MEGABYTE = 1_000_000


class Program:
    """`first_page` is the seconds from the start of the process to its first good answer.

    `first_work` are those of them in which it worked rather than waited for a core.
    """

    def __init__(self, folder: Path, **others: str) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=60)
        token = folder.with_name(f"{folder.name}-setup-token")
        token.write_text(SETUP_TOKEN)
        settings = {
            "VQS_DATA_DIR": str(folder),
            "VQS_PORT": str(self.port),
            "VQS_LOG_LEVEL": "error",
            "VQS_SETUP_TOKEN_FILE": str(token),
        } | {f"VQS_{name.upper()}": value for name, value in others.items()}
        began = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-c", START],
            cwd=ROOT,
            env=os.environ | settings,
            stdout=subprocess.DEVNULL,
        )
        self._wait_for_a_page()
        self.first_page = time.perf_counter() - began
        self.first_work = self.worked()

    def stop(self) -> None:
        self.http.close()
        self._process.terminate()
        self._process.wait(40)

    def post(self, path: str, **fields: str) -> httpx.Response:
        """A form of ours with these fields."""
        page = self.http.get("/session/new", follow_redirects=True).text
        token = TOKEN.search(page)
        assert token
        fields["token"] = unescape(token[1])
        answer = self.http.post(path, data=fields, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303, f"{path}: {answer.status_code} {answer.text[-2000:]}"
        return answer

    def sign_up(self) -> None:
        twice = {"password": PASSWORD, "password_again": PASSWORD}
        self.post("/setup", name=NAME, time_zone="UTC", setup_token=SETUP_TOKEN, **twice)

    def sign_in(self) -> None:
        self.post("/session", name=NAME, password=PASSWORD, next="/")

    def connect(self, server: Server) -> None:
        """The first sync begins with it."""
        self.post(
            "/instances",
            application=server.application,
            url=server.url,
            api_key=server.key,
            name=server.application,
            enabled="on",
            hourly_budget="10",
            daily_budget="100",
            spacing_seconds="30",
        )

    def resident(self) -> float:
        """Megabytes that its process holds in memory."""
        return self._memory("status", "VmRSS")

    def proportional(self) -> float:
        """The same, with its part only of what it shares with other processes."""
        return self._memory("smaps_rollup", "Pss")

    def peak(self) -> float:
        """The most that was resident since `forget_peak`."""
        return self._memory("status", "VmHWM")

    def forget_peak(self) -> None:
        forget_peak(self._process.pid)

    def worked(self) -> float:
        """Seconds of processor time so far, whatever else the machine was doing."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _memory(self, file: str, name: str) -> float:
        return memory_of(name, self._process.pid, file)

    def _wait_for_a_page(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if self.http.get("/setup").status_code < 400:
                    return
            except httpx.TransportError:
                time.sleep(0.01)
        raise AssertionError("The program did not start.")


def memory_of(name: str, process: int | str = "self", file: str = "status") -> float:
    """A figure of a process's memory, in megabytes."""
    text = Path(f"/proc/{process}/{file}").read_text()
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    assert found
    return int(found[1]) * KILOBYTE / MEGABYTE


def forget_peak(process: int | str = "self") -> None:
    """Lets VmHWM begin anew."""
    Path(f"/proc/{process}/clear_refs").write_text("5")


@contextmanager
def program(folder: Path, **settings: str) -> Iterator[Program]:
    """It runs on this data folder, with these settings besides."""
    running = Program(folder, **settings)
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def data_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="vqs-bench-") as parent:
        yield Path(parent) / "data"


@contextmanager
def beside(folder: Path) -> Iterator[Database]:
    """The database of a running program, seen from this process."""
    options = Environment(data_dir=folder)
    keyring, _ = encryption.load_or_create(options.secret_path)
    opened = EmbeddedDatabase(options.database_path, keyring)
    opened.open()
    database.initialize(opened)
    try:
        yield opened
    finally:
        opened.close_all()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
