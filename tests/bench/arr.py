"""A Sonarr or Radarr in a process of its own that answers its long lists at once."""

import gzip
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from jobs.arr import Door, Target, connect
from jobs.demo.library import File, Movie
from jobs.demo.qualities import PROFILES
from jobs.demo.sizes import Size
from models.applications import WANTS
from tests.fakes.arr import FakeArr, Message, Send
from tests.fakes.serving import serving

LOG = "/log"
LONG = ("/wanted/missing", "/wanted/cutoff", "/series")


class Prompt:
    """Keeps the replies to long lists, packed as the real ones are, and gives them again."""

    def __init__(self, fake: FakeArr) -> None:
        self.fake = fake
        self.kept: dict[tuple[str, bytes], list[Message]] = {}
        self.asked = 0

    async def __call__(
        self, scope: dict[str, Any], receive: Callable[[], Awaitable[Message]], send: Send
    ) -> None:
        if scope["path"] == LOG:
            await self._tell(send)
            return
        self.asked += 1
        if not scope["path"].endswith(LONG):
            await self.fake(scope, receive, send)
            return
        name = scope["path"], scope["query_string"]
        if name not in self.kept:
            self.kept[name] = await self._packed(scope, receive)
        for message in self.kept[name]:
            await send(message)

    async def _packed(
        self, scope: dict[str, Any], receive: Callable[[], Awaitable[Message]]
    ) -> list[Message]:
        said: list[Message] = []

        async def keep(message: Message) -> None:
            said.append(message)

        await self.fake(scope, receive, keep)
        start, body = said
        start["headers"] = [*start["headers"], (b"content-encoding", b"gzip")]
        body["body"] = gzip.compress(body["body"], 6)
        return said

    async def _tell(self, send: Send) -> None:
        """The number of requests since it was last asked."""
        number, self.asked = self.asked, 0
        head = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": json.dumps(number).encode()})


class Server:
    """A simulated instance, as the measurements see it."""

    key = FakeArr.key

    def __init__(self, application: str, url: str) -> None:
        self.application = application
        self.url = url

    def requests(self) -> int:
        """How many requests it got since this was last asked."""
        return int(httpx.get(self.url + LOG, trust_env=False).json())

    async def read(self) -> int:
        """Every item, by our client alone; afterwards the server has its replies ready."""
        door = Door(None, "bench", {})
        client = connect(door, Target(self.application, self.url, self.key))
        library = await client.library()
        met = 0
        for want in WANTS:
            async for page in client.pages(want, library):
                met += len(page.entries)
        await client.close()
        return met


@contextmanager
def server(application: str, items: int, *more: str) -> Iterator[Server]:
    """70 % of the items are missing, the others could be had in better quality.

    With "files" every item has a good file, under a profile that asks for a score.
    """
    command = [sys.executable, "-m", "tests.bench.arr", application, str(items), *more]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        yield Server(application, process.stdout.readline().decode().strip())
        process.stdin.close()


def _fill(fake: FakeArr) -> None:
    """Gives each item a file; profile 4 has a cutoff score that none of them reaches."""
    good = PROFILES[4].good[0]
    library = fake.world.library
    for series in library.series.values():
        series.monitored, series.profile_id = True, 4
    for item in library.items.values():
        item.monitored, item.file = True, File(item.id, good, 10**9, 1_500_000_000, "NTb")
        if isinstance(item, Movie):
            item.profile_id = 4


def main() -> None:
    """Serves until its standard input ends."""
    application, items = sys.argv[1], int(sys.argv[2])
    missing = items * 7 // 10
    fake = FakeArr(
        application,
        size=Size(missing=missing, upgrade=items - missing),
        now=lambda: datetime.now(UTC),
    )
    if "files" in sys.argv:
        _fill(fake)
    with serving(Prompt(fake)) as url:
        print(url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
