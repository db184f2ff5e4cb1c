"""What all connections share: the TLS contexts, our name, the time limits, the demo."""

from collections.abc import Mapping
from pathlib import Path

from jobs.net.addresses import GuardedBackend
from jobs.net.bounds import Timeouts
from jobs.net.targets import ASGIApp
from jobs.net.tls import Contexts


class Transport:
    """`demo` maps the host of a `demo://` address to the app that answers it. A `ca_file` that
    cannot be read raises OSError or ValueError.
    """

    def __init__(
        self,
        ca_file: Path | None,
        user_agent: str,
        demo: Mapping[str, ASGIApp],
        *,
        in_container: bool = False,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.user_agent = user_agent
        self.demo = demo
        self.timeouts = timeouts or Timeouts()
        self.backend = GuardedBackend(in_container=in_container)
        self.contexts = Contexts(ca_file)
