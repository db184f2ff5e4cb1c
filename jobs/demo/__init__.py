"""The demo library: a simulated Sonarr and Radarr inside the process, with invented contents."""

from collections.abc import Callable
from functools import cache, partial

from jobs.demo.prowlarr import DemoProwlarr
from jobs.demo.server import DEMO_KEY, Demo, demo_app
from jobs.demo.sizes import Size
from jobs.demo.traits import TRAITS
from jobs.net import ASGIApp

__all__ = ["DEMO_KEY", "SIMULATORS", "Demo", "DemoProwlarr", "Size", "demo_app", "household"]

# Long enough for the page to show that it is under way.
RELEASE_SECONDS = 4.0
SIMULATORS: dict[str, Callable[[], ASGIApp]] = {
    name: partial(demo_app, name, release_seconds=RELEASE_SECONDS) for name in TRAITS
}


def household() -> dict[str, Callable[[], ASGIApp]]:
    """Makers of all demo servers, whose Prowlarr hears of the searches of the others."""
    prowlarr = cache(DemoProwlarr)

    def made(make: Callable[[], ASGIApp]) -> ASGIApp:
        app = make()
        if isinstance(app, Demo):
            app.world.told = prowlarr().hear
            app.world.told_grab = prowlarr().hear_grab
        return app

    makers: dict[str, Callable[[], ASGIApp]] = {
        name: partial(made, make) for name, make in SIMULATORS.items()
    }
    return makers | {"prowlarr": prowlarr}
