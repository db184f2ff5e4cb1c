"""The demo library: a simulated Sonarr and Radarr inside the process, with invented contents."""

from collections.abc import Callable
from functools import partial

from jobs.demo.server import DEMO_KEY, Demo, demo_app
from jobs.demo.sizes import Size
from jobs.demo.traits import TRAITS
from jobs.net import ASGIApp

__all__ = ["DEMO_KEY", "SIMULATORS", "Demo", "Size", "demo_app"]

SIMULATORS: dict[str, Callable[[], ASGIApp]] = {name: partial(demo_app, name) for name in TRAITS}
