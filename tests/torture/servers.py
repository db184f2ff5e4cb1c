"""Several fake instances in one process that outlives the kills: `python -m tests.torture.servers`.

Prints their addresses as JSON, then appends every command that one of them takes to a file.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any, TextIO

import uvicorn

from jobs.demo.sizes import Size
from tests.fakes.arr import FakeArr, Response, Seen

SIZE = Size(missing=260, upgrade=90, searched=0.2, history=0)
SEARCH_SECONDS = 0.5
SLOWEST = 0.12


class Servers:
    """The apps by their ports; each POST dawdles before it is taken and before it is answered."""

    def __init__(self, log: TextIO, seed: int) -> None:
        self.log = log
        self.rng = random.Random(seed)
        self.apps: dict[int, FakeArr] = {}

    def add(self, port: int, application: str, number: int) -> None:
        fake = FakeArr(
            application,
            size=SIZE,
            now=lambda: datetime.now(UTC),
            search_seconds=SEARCH_SECONDS,
            find_rate=0.1,
            seed=number,
        )
        fake.before = lambda seen: self._note(fake, number, seen)
        self.apps[port] = fake

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        fake = self.apps[scope["server"][1]]
        if scope["method"] != "POST":
            await fake(scope, receive, send)
            return

        async def late(message: Any) -> None:
            if message["type"] == "http.response.start":
                await self._dawdle()
            await send(message)

        await self._dawdle()
        await fake(scope, receive, late)

    async def _dawdle(self) -> None:
        await asyncio.sleep(self.rng.uniform(0, SLOWEST))

    def _note(self, fake: FakeArr, number: int, seen: Seen) -> Response | None:
        fake.log.clear()
        if seen.method == "POST" and isinstance(seen.body, dict):
            entry = {"instance": number, "at": time.time(), **seen.body}
            self.log.write(json.dumps(entry) + "\n")
            self.log.flush()
        return None


def main(path: str, seed: int, number: int, make: Callable[[TextIO, int], Servers]) -> None:
    with open(path, "a") as log, ExitStack() as stack:
        servers = make(log, seed)
        config = uvicorn.Config(
            servers, port=0, lifespan="off", log_level="critical", date_header=False
        )
        sockets = [stack.enter_context(config.bind_socket()) for _ in range(number)]
        applications = ["sonarr", "radarr"] * number
        kinds = list(zip(applications, sockets, strict=False))
        for each, (application, socket) in enumerate(kinds, start=1):
            servers.add(socket.getsockname()[1], application, each)
        address: Callable[[Any], str] = lambda at: f"http://127.0.0.1:{at.getsockname()[1]}"  # noqa: E731
        print(json.dumps([(name, address(socket)) for name, socket in kinds]), flush=True)
        uvicorn.Server(config).run(sockets)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Servers)
