"""Three replicas of the program on one PostgreSQL, each of which may be killed."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx

from models.late import late
from tests.conftest import PASSWORD
from tests.fakes.program import PATIENCE, free_port, start

TOKEN = re.compile(r'name="token" value="([^"]+)"')
SETUP_TOKEN = "a-token-of-our-own"
# They start at the same time, on few cores.
LONGEST_START = 3 * PATIENCE


class Replica:
    """One process, always at the same address."""

    def __init__(self, folder: Path, settings: dict[str, object]) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = start(self._folder, port=self.port, **self._settings)

    def kill(self) -> None:
        """As a machine that loses its power."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate()

    def wait(self) -> None:
        """Until it is ready."""
        assert self._process is not None
        until = time.monotonic() + LONGEST_START
        while self.status("/health/ready") != 200:
            if self._process.poll() is not None:
                raise AssertionError(self._process.communicate()[1])
            assert time.monotonic() < until, f"{self.address} does not get ready"
            time.sleep(0.1)

    def status(self, path: str) -> int:
        """0 where nobody answers."""
        try:
            return httpx.get(f"{self.address}{path}", trust_env=False).status_code
        except httpx.TransportError:
            return 0


@contextmanager
def replicas(folder: Path, url: str) -> Iterator[list[Replica]]:
    """Three that are ready, with nobody in their household."""
    files = {"database_url": url, "secret": "5a" * 32, "setup_token": SETUP_TOKEN}
    for name, text in files.items():
        (folder / name).write_text(text)
    settings: dict[str, object] = {f"{name}_file": folder / name for name in files}
    settings |= {"trusted_proxies": "127.0.0.1", "log_level": "error"}
    made = [Replica(folder / "data", settings) for _ in range(3)]
    try:
        for each in made:
            each.start()
        for each in made:
            each.wait()
        yield made
    finally:
        for each in made:
            each.kill()


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """The address of a database of its own on this server."""
    psycopg = late("psycopg")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as there:
        there.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        there.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 LOCALE 'C.UTF-8'")
        yield f"{server}/{name}"
        there.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


class Person:
    """A browser without script, that may ask another address each time."""

    def __init__(self, cookies: httpx.Cookies | None = None) -> None:
        self.http = httpx.Client(cookies=cookies, trust_env=False, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, address: str) -> httpx.Response:
        return self.http.get(address)

    def token(self, address: str) -> str:
        found = TOKEN.search(self.get(address).text)
        assert found, address
        return found[1]

    def post(self, address: str, token: str, **fields: Any) -> httpx.Response:
        ours = {"Sec-Fetch-Site": "same-origin"}
        return self.http.post(address, data={"token": token, **fields}, headers=ours)


def set_up(alice: Person, one: Replica, another: Replica, third: Replica) -> None:
    """A first run that has each of its steps on another replica."""
    token = alice.token(f"{one.address}/setup")
    alice.post(f"{another.address}/setup", token, setup_token=SETUP_TOKEN)
    token = alice.token(f"{third.address}/setup")
    account = {"name": "Alice", "password": PASSWORD, "password_again": PASSWORD}
    answer = alice.post(f"{one.address}/setup", token, **account, time_zone="Europe/Berlin")
    assert answer.status_code == 303, answer.text
