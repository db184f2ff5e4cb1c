"""Which addresses may be connected to, checked on the very address that is then connected to."""

import asyncio
import errno
import ipaddress
import socket
from collections.abc import Iterable, Iterator

import httpcore

from jobs.arr.faults import Fault, fault
from models.addresses import Address, allowed

MOST_ADDRESSES = 6
# One dead address of several must not use up the time of the living ones.
PATIENCE_PER_ADDRESS = 2.0


async def resolve(host: str, port: int) -> list[Address]:
    """The addresses of a host, in the order in which to try them; raises a Fault for no name."""
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise fault("name_not_found", {"host": host}) from None
    addresses = (ipaddress.ip_address(entry[4][0]) for entry in found)
    return list(dict.fromkeys(addresses))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a name once, refuses what may not be reached, and connects to what it checked."""

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
        where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        try:
            async with asyncio.timeout(timeout):
                found = await resolve(host, port)
                candidates = [address for address in found if allowed(address)][:MOST_ADDRESSES]
                if not candidates:
                    raise fault("blocked_address", {"host": host})
                return await self._first_that_answers(candidates, port, where)
        except TimeoutError:
            raise fault("timeout.connecting", {"where": where}, may_have_arrived=False) from None

    async def _first_that_answers(
        self, candidates: list[Address], port: int, where: str
    ) -> httpcore.AsyncNetworkStream:
        last: Exception = httpcore.ConnectError()
        for number, address in enumerate(candidates, start=1):
            patience = None if number == len(candidates) else PATIENCE_PER_ADDRESS
            try:
                return await self._network.connect_tcp(str(address), port, timeout=patience)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise self._explain(last, candidates, where) from None

    def _explain(self, error: Exception, candidates: list[Address], where: str) -> Fault:
        numbers = {cause.errno for cause in causes(error) if isinstance(cause, OSError)}
        if errno.ECONNREFUSED in numbers:
            itself = self._in_container and all(address.is_loopback for address in candidates)
            return fault("localhost" if itself else "refused", {"where": where})
        if errno.ETIMEDOUT in numbers or isinstance(error, httpcore.ConnectTimeout):
            return fault("timeout.connecting", {"where": where}, may_have_arrived=False)
        return fault("refused.unreachable", {"where": where})


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and what led to it, the members of groups included."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for member in error.exceptions:
                yield from causes(member)
        error = error.__cause__ or error.__context__
