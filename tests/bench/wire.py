"""A network between this machine and a server: `python -m tests.bench.wire PORT MILLISECONDS`.

It prints its own port, and holds whatever passes up for so long, each way.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


async def _serve(behind: int, seconds: float) -> None:
    async def carry(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, there = await asyncio.open_connection("127.0.0.1", behind)
        await asyncio.gather(_pump(near, there, seconds), _pump(far, back, seconds))

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, seconds: float) -> None:
    """Later pieces do not wait for earlier ones to arrive, as on a real wire."""
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        while some := await source.read(65_536):
            loop.call_later(seconds, target.write, some)
    loop.call_later(seconds, target.close)


@contextmanager
def slowed(url: str, milliseconds: float) -> Iterator[str]:
    """The same address by such a network; it runs in a process of its own."""
    port = url.rpartition(":")[2].partition("/")[0]
    words = [sys.executable, "-m", "tests.bench.wire", port, str(milliseconds)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield url.replace(port, process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2]) / 1000))
