"""The demo library: a simulated Sonarr and Radarr inside the process, with invented contents."""

from collections.abc import Callable
from functools import partial

from jobs.demo.server import DEMO_KEY, Demo, demo_app
from jobs.demo.sizes import Size
from jobs.demo.traits import TRAITS
from jobs.net import ASGIApp

__all__ = ["DEMO_KEY", "SIMULATORS", "Demo", "Size", "demo_app"]

# Long enough for the page to show that it is under way.
RELEASE_SECONDS = 4.0
SIMULATORS: dict[str, Callable[[], ASGIApp]] = {
    name: partial(demo_app, name, release_seconds=RELEASE_SECONDS) for name in TRAITS
}
