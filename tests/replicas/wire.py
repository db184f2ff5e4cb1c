"""A network between a replica and the server that can be cut without a word to either."""

import asyncio
import threading
from contextlib import suppress
from socket import socket


class Wire:
    """Carries bytes between its own port and the one behind it, on a thread of its own."""

    def __init__(self, behind: int) -> None:
        self.behind = behind
        with socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._loop = asyncio.new_event_loop()
        self._whole = asyncio.Event()
        self._whole.set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def cut(self) -> None:
        """Nothing goes through; no connection is ended."""
        self._loop.call_soon_threadsafe(self._whole.clear)

    def mend(self) -> None:
        """What was on its way arrives now."""
        self._loop.call_soon_threadsafe(self._whole.set)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._carry, "127.0.0.1", self.port)
        )
        self._ready.set()
        self._loop.run_forever()
        server.close()

    async def _carry(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        await self._whole.wait()
        far, there = await asyncio.open_connection("127.0.0.1", self.behind)
        await asyncio.gather(self._pump(near, there), self._pump(far, back))

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while some := await source.read(65_536):
                await self._whole.wait()
                target.write(some)
                await target.drain()
        await self._whole.wait()
        with suppress(OSError):
            target.close()
