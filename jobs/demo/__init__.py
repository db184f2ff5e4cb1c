"""The demo library: a Sonarr and a Radarr inside the process, with nothing real in them."""

from jobs.demo.server import DEMO_KEY, Demo, demo_app
from jobs.demo.sizes import HOUSEHOLD, Size

__all__ = ["DEMO_KEY", "HOUSEHOLD", "Demo", "Size", "demo_app"]
