"""The two TLS contexts that all connections share: one that checks certificates, one that does not.

A context of its own costs every connection 18 ms and 1 MB.
"""

import ssl
from functools import cached_property
from pathlib import Path


class Contexts:
    """Trusts the system's authorities and those in `ca_file`, which is read at once.

    Raises OSError or ValueError if it cannot be.
    """

    def __init__(self, ca_file: Path | None) -> None:
        self._ca_file = ca_file
        if ca_file is not None:
            _ = self.checking

    @cached_property
    def checking(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        # Python 3.13 checks strictly, which refuses most certificates that people make for
        # themselves; a partial chain lets the file hold a server's own certificate.
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
        """Encrypts, but believes any certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    def choose(self, scheme: str, *, verify: bool) -> ssl.SSLContext | None:
        if scheme != "https":
            return None
        return self.checking if verify else self.unchecking
