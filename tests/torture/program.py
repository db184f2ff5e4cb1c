"""The processes of a torture: the real program, which is killed, and the servers, which are not."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
STOPPING = 45.0
# The server ends by the signal that asked it to, once it has stopped.
GRACEFUL = (0, -signal.SIGTERM)


class NotServing(Exception):
    """The program ended, or did not answer in time."""


class Program:
    """`python app.py` on one data folder and one port."""

    words: tuple[str, ...] = ("app.py",)

    def __init__(self, data_dir: Path, log: Path, **settings: str) -> None:
        with socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        own = {"VQS_DATA_DIR": str(data_dir), "VQS_PORT": str(self.port)}
        self.environment = os.environ | own | {"VQS_LOG_LEVEL": "warning"} | settings
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds until /health answered 200. Raises NotServing."""
        self.begin()
        return self.wait()

    def begin(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.words],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def wait(self) -> float:
        """Waits until a process that was begun has started."""
        assert self.process is not None
        began = time.monotonic()
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() - began > PATIENCE:
                raise NotServing(f"exit code {self.process.poll()}, see {self.log}")
            time.sleep(0.02)
        return time.monotonic() - began

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> int:
        """Gracefully; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOPPING)

    def answers(self, path: str = "/health") -> bool:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            asked.request("GET", path)
            return asked.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()


@contextmanager
def servers(
    log: Path, seed: int, number: int, module: str = "tests.torture.servers"
) -> Iterator[list[tuple[str, str]]]:
    """Pairs of application and address, while the block lasts."""
    command = [sys.executable, "-m", module, str(log), str(seed), str(number)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield [tuple(place) for place in json.loads(process.stdout.readline())]
        finally:
            process.kill()
