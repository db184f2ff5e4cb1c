"""Encryption: which certificates it trusts, how it begins, and why it failed."""

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import anyio
import httpcore
from httpcore._backends.anyio import AnyIOStream

from jobs.net.bounds import PIECE
from jobs.net.faults import Unreached

CERTIFICATE_KINDS = {
    9: "tls.not_yet_valid",
    10: "tls.expired",
    18: "tls.untrusted",
    19: "tls.untrusted",
    20: "tls.untrusted",
    21: "tls.untrusted",
    62: "tls.wrong_name",
    64: "tls.wrong_name",
}
# OpenSSL's words for a server that only has versions older than we allow.
OUT_OF_DATE = frozenset(
    {"TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "VERSION_TOO_LOW", "WRONG_SSL_VERSION"}
)
NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"})
PLAIN_HTTP = b"HTTP/"
# An alert or a greeting: a server that wants encryption answers a plain request with one.
TLS_RECORDS = (b"\x15\x03", b"\x16\x03")


class Contexts:
    """The two contexts that all connections share: one checks certificates, one does not.

    They trust the system's authorities and those in `ca_file`, which is read at once. A context of
    its own for each connection would cost 18 ms and 1 MB.
    Raises OSError or ValueError if the file cannot be read.
    """

    def __init__(self, ca_file: Path | None) -> None:
        self._ca_file = ca_file
        if ca_file is not None:
            _ = self.checking

    @cached_property
    def checking(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        # Python 3.13 checks strictly, which refuses most home-made certificates. A partial chain
        # lets the file hold a server's own certificate.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if self._ca_file is not None:
            try:
                context.load_verify_locations(cafile=self._ca_file)
            except ssl.SSLError as error:
                raise ValueError(f"{self._ca_file} holds no readable certificate.") from error
        return context

    @cached_property
    def unchecking(self) -> ssl.SSLContext:
        """A context that encrypts, but accepts any certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    def choose(self, scheme: str, *, verify: bool) -> ssl.SSLContext | None:
        if scheme != "https":
            return None
        return self.checking if verify else self.unchecking


class InPieces(AnyIOStream):
    """A connection that gives a little at a time, and the loop a turn before each piece.

    All of a piece is parsed at once, which takes long where it holds thousands of tiny chunks, or
    of answers that only announce another one (1xx).
    """

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        await asyncio.sleep(0)
        return await super().read(min(max_bytes, PIECE), timeout)


class EncryptableStream(InPieces):
    """A plain connection that can say why encryption failed, or is needed."""

    _met = False

    @classmethod
    def over(cls, stream: httpcore.AsyncNetworkStream) -> "EncryptableStream":
        assert isinstance(stream, AnyIOStream)
        return cls(stream._stream)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        piece = await super().read(max_bytes, timeout)
        if not self._met and piece.startswith(TLS_RECORDS):
            raise Unreached("tls.wants_https")
        self._met = True
        return piece

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        watched = _Watched(self._stream)
        try:
            plain = AnyIOStream(watched)
            encrypted = await plain.start_tls(ssl_context, server_hostname, timeout)
        except httpcore.ConnectTimeout:
            raise Unreached("timeout.handshake") from None
        except (httpcore.ConnectError, OSError) as error:
            raise Unreached(_why(error, watched.first)) from None
        assert isinstance(encrypted, AnyIOStream)
        return InPieces(encrypted._stream)


class _Watched(anyio.abc.ByteStream):
    """A stream that keeps the first bytes from the other side."""

    def __init__(self, stream: anyio.abc.ByteStream) -> None:
        self._stream = stream
        self.first = b""

    async def receive(self, max_bytes: int = 65_536) -> bytes:
        piece = await self._stream.receive(max_bytes)
        if len(self.first) < len(PLAIN_HTTP):
            self.first += piece[: len(PLAIN_HTTP)]
        return piece

    async def send(self, item: bytes) -> None:
        await self._stream.send(item)

    async def send_eof(self) -> None:
        await self._stream.send_eof()

    async def aclose(self) -> None:
        await self._stream.aclose()

    @property
    def extra_attributes(self) -> Mapping[Any, Any]:
        return self._stream.extra_attributes


def _why(error: BaseException, first: bytes) -> str:
    if first.startswith(PLAIN_HTTP):
        return "tls.plain_http"
    return kind_of(error) or "reset.handshake"


def kind_of(error: BaseException) -> str | None:
    """The kind of fault of an error of encryption; None if the connection was closed."""
    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return CERTIFICATE_KINDS.get(cause.verify_code, "tls.untrusted")
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
            if cause.reason in OUT_OF_DATE:
                return "tls.out_of_date"
            return "tls.not_tls" if cause.reason in NOT_TLS else "tls"
    return None


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and its causes, including the members of groups."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for member in error.exceptions:
                yield from causes(member)
        error = error.__cause__ or error.__context__
