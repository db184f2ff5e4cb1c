"""Static files, kept in memory, at addresses that change with their content."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parents[2] / "static"
FIRST_SHEETS = ("tokens", "reset", "base")
FOREVER = "public, max-age=31536000, immutable"
mimetypes.add_type("font/woff2", ".woff2")


@dataclass(frozen=True)
class Asset:
    body: bytes
    content_type: str
    is_text: bool

    @cached_property
    def zipped(self) -> bytes:
        """The body, compressed when it is first asked for."""
        return gzip.compress(self.body, mtime=0)


class Assets:
    """`address("app.css")` is /static/app.<hash>.css; all sheets are one file."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._addresses: dict[str, str] = {}
        self._assets: dict[str, Asset] = {}
        self._add("app.css", _sheet(folder / "css"))
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".css" and path.suffix != ".md":
                self._add(path.relative_to(folder).as_posix(), path.read_bytes())

    def address(self, name: str) -> str:
        return self._addresses[name]

    def _add(self, name: str, body: bytes) -> None:
        stem, _, suffix = name.rpartition(".")
        digest = hashlib.sha256(body).hexdigest()[:12]
        self._addresses[name] = f"/static/{stem}.{digest}.{suffix}"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        text = kind.startswith("text/") or kind in ("image/svg+xml", "application/manifest+json")
        content_type = f"{kind}; charset=utf-8" if text else kind
        self._assets[self._addresses[name]] = Asset(body, content_type, text)

    def show(self, request: Request) -> Response:
        asset = self._assets.get(request.url.path)
        if asset is None:
            raise HTTPException(404)
        headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
        body = asset.body
        if asset.is_text and "gzip" in request.headers.get("accept-encoding", ""):
            body = asset.zipped
            headers["Content-Encoding"] = "gzip"
        return Response(body, headers=headers, media_type=asset.content_type)


@cache
def assets() -> Assets:
    """The static files as this process found them: read once."""
    return Assets()


def _sheet(folder: Path) -> bytes:
    paths = {path.stem: path for path in folder.glob("*.css")}
    order = [*FIRST_SHEETS, *sorted(set(paths) - set(FIRST_SHEETS))]
    return b"\n".join(paths[stem].read_bytes() for stem in order if stem in paths)
