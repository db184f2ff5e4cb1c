"""The listening socket, and the server on it."""

import asyncio
import os
import socket
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from views.web.tls import Certificate

BACKLOG = 2048
# The first descriptor that is handed over, by sd_listen_fds(3).
HANDED_OVER = 3
# A request that is unfinished this long after the signal is cut off.
LAST_SECONDS = 5
# Ticks of uvicorn, which are a tenth of a second apart.
TICKS_BETWEEN_LOOKS = 600


class CannotListen(Exception):
    """The message is one sentence for the terminal."""


def listen(host: str, port: int) -> socket.socket:
    """The listening socket. Raises CannotListen.

    The socket names its protocol because asyncio turns Nagle's algorithm off only for those;
    with it, each answer takes 40 ms longer.
    """
    if handed_over := _handed_over():
        return handed_over
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reason = os.strerror(error.errno or 0)
        raise CannotListen(
            f"Port {port} of {host} cannot be used ({reason}): "
            "stop the program that uses it, or choose another port in VQS_PORT."
        ) from None
    return listener


def _handed_over() -> socket.socket | None:
    """The socket that was listened on before the process began anew, named as systemd does it."""
    named = os.environ.pop("LISTEN_PID", ""), os.environ.pop("LISTEN_FDS", "")
    if named != (str(os.getpid()), "1"):
        return None
    os.set_inheritable(HANDED_OVER, False)
    return socket.socket(fileno=HANDED_OVER)


class Impatient(H11Protocol):
    """Hangs up on a client that is slow to send its headers; uvicorn would wait for ever."""

    seconds = 10.0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._calm()

    def _watch(self) -> None:
        """Starts the timer once: bytes that drip in do not restart it."""
        is_busy = self.cycle is not None and not self.cycle.response_complete
        if is_busy:
            self._calm()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.seconds, self.timeout_keep_alive_handler)

    def _calm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class Restart:
    """Lets a view ask that the server stops as for a signal, and that the process begins anew.

    `listener` stays open meanwhile, so that visitors wait instead of being refused.
    """

    def __init__(self) -> None:
        self.is_asked = False
        self.stop: Callable[[], None] | None = None
        self.listener: socket.socket | None = None
        self._kept: socket.socket | None = None

    def ask(self) -> None:
        self.is_asked = True
        if self.listener is not None:
            self._kept = self.listener.dup()
        if self.stop is not None:
            self.stop()

    def forget(self) -> None:
        self.is_asked = False
        if self._kept is not None:
            self._kept.close()

    def begin_anew(self) -> None:
        """Puts the program itself into the place of this process, if that was asked for."""
        if not self.is_asked:
            return
        if self._kept is not None:
            os.dup2(self._kept.fileno(), HANDED_OVER)
            os.set_inheritable(HANDED_OVER, True)
            os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  # nosec B606 # our own words


class WebServer(uvicorn.Server):
    """Calls `begin_to_stop` at the first signal, before it waits for connections to end.

    With a certificate it serves https alone, and looks every minute whether it was renewed.
    """

    def __init__(
        self,
        app: ASGIApp,
        begin_to_stop: Callable[[], None] | None,
        protocol: type[H11Protocol] = Impatient,
        certificate: Certificate | None = None,
        restart: Restart | None = None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=protocol,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws="none",
                timeout_graceful_shutdown=LAST_SECONDS,
                ssl_context_factory=None if certificate is None else certificate.serve,
            )
        )
        self._begin_to_stop = begin_to_stop
        self._certificate = certificate
        self._restart = restart or Restart()
        self._restart.stop = self._stop

    async def on_tick(self, counter: int) -> bool:
        if self._certificate and counter % TICKS_BETWEEN_LOOKS == 0:
            self._certificate.renew()
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal stops for good; a restore that was asked for waits for the next start."""
        self._restart.forget()
        if self._begin_to_stop is not None:
            self._begin_to_stop()
        super().handle_exit(sig, frame)

    def _stop(self) -> None:
        if self._begin_to_stop is not None:
            self._begin_to_stop()
        self.should_exit = True
