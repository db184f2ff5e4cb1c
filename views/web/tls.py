"""The certificate with which the program serves https itself; a renewed one is used at once."""

import logging
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from uvicorn import Config

from models.environment import Environment
from models.environment.certificates import out_of_date, unusable_pair

log = logging.getLogger(__name__)

Seen = tuple[int, ...]


class Certificate:
    """Both files, which must fit together. TLS 1.2 is the oldest version spoken."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self.certificate, self.key = certificate, key
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_alpn_protocols(["http/1.1"])
        self._seen: Seen = ()
        self.renew()

    @classmethod
    def of(cls, options: Environment) -> Self | None:
        """The certificate that the settings name; plain http has none."""
        if options.tls_cert_file is None or options.tls_key_file is None:
            return None
        return cls(options.tls_cert_file, options.tls_key_file)

    def serve(self, config: Config, usual: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
        """What uvicorn asks for its context."""
        return self.context

    def renew(self) -> None:
        """Reads the files again if they are others; new connections get what they hold.

        Files that do not fit together, as in the midst of a renewal, are left for the next time.
        """
        seen = self._look()
        if seen == self._seen or not seen:
            return
        self._seen = seen
        if why := unusable_pair(self.certificate, self.key):
            log.error("the new certificate is not used: %s", why)
            return
        self.context.load_cert_chain(self.certificate, self.key)
        if stale := out_of_date(self.certificate, datetime.now(UTC)):
            log.warning(stale)

    def _look(self) -> Seen:
        try:
            stats = [path.stat() for path in (self.certificate, self.key)]
        except OSError:
            return ()
        return tuple(part for each in stats for part in (each.st_mtime_ns, each.st_ino))
