"""The demo library: a Sonarr and a Radarr inside the process, with nothing real in them."""

from collections.abc import Callable
from functools import partial

from jobs.demo.server import DEMO_KEY, Demo, demo_app
from jobs.demo.sizes import HOUSEHOLD, Size
from jobs.net.targets import ASGIApp

__all__ = ["DEMO_KEY", "HOUSEHOLD", "SIMULATORS", "Demo", "Size", "demo_app"]

SIMULATORS: dict[str, Callable[[], ASGIApp]] = {
    "sonarr": partial(demo_app, "sonarr"),
    "radarr": partial(demo_app, "radarr"),
}
