"""The servers of a torture, which write down every request as it arrives."""

import json
import sys
import time
from typing import Any, TextIO

from starlette.requests import Request
from starlette.responses import Response

from jobs.demo.library import DemoItem
from jobs.demo.prowlarr import DemoLimits, DemoProwlarr
from tests.fakes.arr import FakeArr
from tests.torture.servers import Servers, main

# A Prowlarr answers below this path of each server.
BASE = "/prowlarr"
LIMIT = 40
# What the outbox sends arrives here, and is written to a file of this ending.
HOOK = ".hook"


class AuditedProwlarr(DemoProwlarr):
    """All servers have their indexers from it. The first has a limit of an hour, and no feeds."""

    def __init__(self, log: TextIO) -> None:
        super().__init__(feeds=False)
        self.limits = dict.fromkeys(self.limits, DemoLimits(None, None))
        self.limits[1] = DemoLimits(LIMIT, None, is_hourly=True)
        self.asked = log

    def hear(self, source: str, item: DemoItem, at: float, found: bool) -> None:
        """Each search costs the same, so that no replica's last one fits by chance."""
        super().hear(source, item, at, found=False)

    def ask(
        self, indexer: int, kind: str, source: str, at: float, results: int, **ids: int
    ) -> dict[str, Any] | None:
        row = super().ask(indexer, kind, source, at, results, **ids)
        entry = {"indexer": indexer, "at": at}
        self.asked.write(json.dumps(entry) + "\n")
        return row


class Audited(Servers):
    """Writes each request to a second file, whose name ends with `.requests`.

    A third one, `.indexers`, has what the indexers of all servers were asked.
    """

    def __init__(self, log: TextIO, seed: int) -> None:
        super().__init__(log, seed)
        self.requests = open(f"{log.name}.requests", "a", buffering=1)  # noqa: SIM115 # for life
        indexers = open(f"{log.name}.indexers", "a", buffering=1)  # noqa: SIM115 # for life
        self.hook = open(f"{log.name}{HOOK}", "a", buffering=1)  # noqa: SIM115 # for life
        self.prowlarr = AuditedProwlarr(indexers)

    def add(self, port: int, application: str, number: int) -> None:
        super().add(port, application, number)
        fake: FakeArr = self.apps[port]
        fake.world.told = self.prowlarr.hear

    async def _take(self, request: Request) -> Response:
        """Takes two messages of three, after a while."""
        body = json.loads(await request.body())
        await self._dawdle()
        status = self.rng.choice((204, 204, 503))
        told = {"id": body["id"], "message": body["message"], "status": status}
        self.hook.write(json.dumps(told) + "\n")
        await self._dawdle()
        return Response(status_code=status)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == f"/{HOOK}":
            await (await self._take(Request(scope, receive)))(scope, receive, send)
            return
        if scope["path"].startswith(f"{BASE}/"):
            await self.prowlarr(scope | {"path": scope["path"].removeprefix(BASE)}, receive, send)
            return
        number = list(self.apps).index(scope["server"][1]) + 1
        entry = {"instance": number, "at": time.time()}
        entry["query"] = scope["query_string"].decode()
        self.requests.write(json.dumps(entry | {n: scope[n] for n in ("method", "path")}) + "\n")
        await super().__call__(scope, receive, send)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Audited)
