"""The web app manifest, by which a phone puts the program on its home screen."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from views.web.marks import EVERYBODY, reads
from views.web.render import NAME

KIND = "application/manifest+json"
# The canvas of the light theme; pages name the colour of either theme themselves.
CANVAS = "#f7f9fa"
ICONS = (
    ("icons/favicon.svg", "any", "any"),
    ("icons/icon-192.png", "192x192", "any"),
    ("icons/icon-512.png", "512x512", "any"),
    ("icons/icon-512.png", "512x512", "maskable"),
)


@reads(EVERYBODY)
def show(request: Request) -> Response:
    """Browsers ask for it without a cookie, so it says nothing of this installation."""
    below: str = request.app.state.base_path
    asset = request.app.state.assets
    facts = {
        "name": NAME,
        "short_name": "Searcharr",
        "id": f"{below}/",
        "start_url": f"{below}/",
        "scope": f"{below}/",
        "display": "standalone",
        "background_color": CANVAS,
        "theme_color": CANVAS,
        "icons": [
            {
                "src": below + asset.address(name),
                "sizes": sizes,
                "type": _kind(name),
                "purpose": use,
            }
            for name, sizes, use in ICONS
        ],
    }
    return JSONResponse(facts, media_type=KIND)


def _kind(name: str) -> str:
    return "image/svg+xml" if name.endswith(".svg") else "image/png"
