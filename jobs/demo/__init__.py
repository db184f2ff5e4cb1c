"""The demo library: a simulated Sonarr and Radarr inside the process, with invented contents.

Its modules are loaded when a demo server is made: a start without a demo needs none of them.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from jobs.net import ASGIApp
from models.applications import RADARR, SONARR
from models.late import late

DEMO_KEY = "0123456789abcdef0123456789abcdef"
# Long enough for the page to show that it is under way.
RELEASE_SECONDS = 4.0


def _simulator(name: str) -> ASGIApp:
    app: ASGIApp = late("jobs.demo.server").demo_app(name, release_seconds=RELEASE_SECONDS)
    return app


def _prowlarr() -> Any:
    return late("jobs.demo.prowlarr").DemoProwlarr()


SIMULATORS: dict[str, Callable[[], ASGIApp]] = {
    each.name: partial(_simulator, each.name) for each in (SONARR, RADARR)
}


def household() -> dict[str, Callable[[], ASGIApp]]:
    """Makers of all demo servers, whose Prowlarr hears of the searches of the others."""
    prowlarr = cache(_prowlarr)

    def made(make: Callable[[], ASGIApp]) -> ASGIApp:
        app = make()
        if isinstance(app, late("jobs.demo.server").Demo):
            app.world.told = prowlarr().hear
            app.world.told_grab = prowlarr().hear_grab
        return app

    makers: dict[str, Callable[[], ASGIApp]] = {
        name: partial(made, make) for name, make in SIMULATORS.items()
    }
    return makers | {"prowlarr": prowlarr}
