"""The program as people start it: a process of its own, on a free port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 20.0


def environment(data: Path, **settings: object) -> dict[str, str]:
    """Nothing of this shell's own settings, and these."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("VQS_")}
    ours = {f"VQS_{name.upper()}": str(value) for name, value in settings.items()}
    return kept | {"VQS_DATA_DIR": str(data), "PYTHONUNBUFFERED": "1"} | ours


def start(data: Path, **settings: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment(data, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def refusal(data: Path, **settings: object) -> tuple[int, str]:
    """The exit code of a start that must fail, and what it said."""
    process = start(data, **settings)
    try:
        said, errors = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert said == ""
    return process.returncode, errors


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running(data: Path, **settings: object) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Its address and its process, once it answers; stopped in the end as Docker does."""
    port = free_port()
    process = start(data, port=port, **settings)
    address = f"{'https' if 'tls_cert_file' in settings else 'http'}://127.0.0.1:{port}"
    try:
        _wait(process, address)
        yield address, process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def first_address(process: subprocess.Popen[str]) -> str:
    """Where the first run begins, as the program printed it: "/setup?token=..."."""
    assert process.stdout is not None
    for line in process.stdout:
        if "First start: open " in line:
            return "/setup" + line.partition("/setup")[2].split()[0]
    raise AssertionError("it printed no address")


def _wait(process: subprocess.Popen[str], address: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(process.communicate()[1])
        try:
            if httpx.get(f"{address}/health", trust_env=False, verify=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("it does not answer")
