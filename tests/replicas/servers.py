"""The servers of a torture, which write down every request as it arrives."""

import json
import sys
import time
from typing import Any, TextIO

from tests.torture.servers import Servers, main


class Audited(Servers):
    """Writes each request to a second file, whose name ends with `.requests`."""

    def __init__(self, log: TextIO, seed: int) -> None:
        super().__init__(log, seed)
        self.requests = open(f"{log.name}.requests", "a", buffering=1)  # noqa: SIM115 # for life

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        number = list(self.apps).index(scope["server"][1]) + 1
        entry = {"instance": number, "at": time.time()}
        entry["query"] = scope["query_string"].decode()
        self.requests.write(json.dumps(entry | {n: scope[n] for n in ("method", "path")}) + "\n")
        await super().__call__(scope, receive, send)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Audited)
