"""Resolves names, and checks every address before connecting to exactly that one."""

import asyncio
import errno
import ipaddress
import socket
from collections.abc import Iterable

import httpcore

from jobs.net.faults import Unreached
from jobs.net.tls import EncryptableStream, causes
from models.addresses import Address, allowed

MOST_ADDRESSES = 6
# Seconds; one dead address must not use up the time of the others.
PATIENCE_PER_ADDRESS = 2.0


async def resolve(host: str, port: int) -> list[Address]:
    """The addresses of a host, in the order to try. Raises Unreached for an unknown name."""
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreached("name_not_found") from None
    addresses = (ipaddress.ip_address(entry[4][0]) for entry in found)
    return list(dict.fromkeys(addresses))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name once, refuses forbidden addresses, and connects to a checked one."""

    def __init__(self, *, in_container: bool) -> None:
        self._in_container = in_container
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                found = await resolve(host, port)
                candidates = [address for address in found if allowed(address)][:MOST_ADDRESSES]
                if not candidates:
                    raise Unreached("blocked_address")
                return await self._first_that_answers(candidates, port)
        except TimeoutError:
            raise Unreached("timeout.connecting") from None

    async def _first_that_answers(
        self, candidates: list[Address], port: int
    ) -> httpcore.AsyncNetworkStream:
        last: Exception = httpcore.ConnectError()
        for number, address in enumerate(candidates, start=1):
            patience = None if number == len(candidates) else PATIENCE_PER_ADDRESS
            try:
                stream = await self._network.connect_tcp(str(address), port, timeout=patience)
                return EncryptableStream.over(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise Unreached(self._why(last, candidates)) from None

    def _why(self, error: Exception, candidates: list[Address]) -> str:
        numbers = {cause.errno for cause in causes(error) if isinstance(cause, OSError)}
        if errno.ECONNREFUSED in numbers:
            itself = self._in_container and all(address.is_loopback for address in candidates)
            return "localhost" if itself else "refused"
        if errno.ETIMEDOUT in numbers or isinstance(error, httpcore.ConnectTimeout):
            return "timeout.connecting"
        return "refused.unreachable"
