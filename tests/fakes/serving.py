"""Serves an ASGI app on a real socket while a test lasts."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


class _Server(uvicorn.Server):
    """A server that stops at once, where uvicorn looks ten times a second."""

    async def main_loop(self) -> None:
        while not self.should_exit:
            await asyncio.sleep(0.005)


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The address of the app, on a free port of 127.0.0.1, from a thread of its own."""
    config = uvicorn.Config(
        app,
        port=0,
        lifespan="off",
        log_level="critical",
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    # Only where the protocol is named does asyncio send small replies without Nagle's 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(5)
