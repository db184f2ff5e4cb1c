"""The composition root: settings become a database, an engine, routes and a server."""

import argparse
import fcntl
import logging
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn
from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from jobs.by_hand import ByHand
from jobs.engine import Engine
from jobs.scheduler import Scheduler
from models import encryption, settings
from models.database import UnusableDatabase
from models.encryption import Keyring, UnusableSecret
from models.fields import now
from models.schema import open_database
from models.settings import Settings, UnusableSettings, in_container
from models.setup import SetupToken, is_open
from models.version import VERSION
from views import errors
from views.assets import Assets
from views.middleware.headers import SecurityHeaders
from views.middleware.origin import OriginCheck
from views.render import environment
from views.routes import routes
from views.visitor import Visitors

log = logging.getLogger("vqs")

LARGEST_BODY = 1024 * 1024
THREADS = 4
GRACE_SECONDS = 30


class CannotStart(Exception):
    """The message is one sentence for the terminal."""


def create_app(
    options: Settings, keyring: Keyring, token: SetupToken, engine: Engine | None = None
) -> ASGIApp:
    """The whole program as an ASGI app; the database is open already."""
    engine = engine or Engine(ca_file=options.ca_file, in_container=in_container())
    scheduler = Scheduler(engine)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        scheduler.start()
        try:
            yield
        finally:
            await scheduler.stop()

    app = Starlette(
        routes=routes(),
        lifespan=lifespan,
        max_body_size=LARGEST_BODY,
        middleware=[
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5),
            Middleware(Visitors, cookie_key=keyring.cookie_key),
            Middleware(OriginCheck, refuse=errors.refused),
        ],
        exception_handlers={HTTPException: errors.refused, Exception: errors.broken},
    )
    app.state.assets = Assets()
    app.state.templates = environment()
    app.state.keyring = keyring
    app.state.setup_token = token
    app.state.engine = engine
    app.state.scheduler = scheduler
    app.state.by_hand = ByHand(engine)
    return SecurityHeaders(app)


def serve(options: Settings) -> None:
    """Until a signal comes. Raises CannotStart or one of its kin before anything is touched."""
    logging.basicConfig(
        level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with only_server(options.data_dir):
        keyring, warnings = encryption.load_or_create(options.secret_path)
        for warning in warnings:
            log.warning(warning)
        database = open_database(options.database_path, keyring, now())
        try:
            token = SetupToken.of(options)
            app = create_app(options, keyring, token)
            greet(options, token)
            uvicorn.run(
                app,
                host=options.host,
                port=options.port,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws="none",
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        finally:
            database.close_all()


@contextmanager
def only_server(folder: Path) -> Iterator[None]:
    """Holds the data folder for one process."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "server.lock").open("w")
    except OSError as error:
        raise CannotStart(
            f"The data folder {folder} cannot be written to by user {os.getuid()}: "
            f"{error.strerror}."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(f"Another server is running on the data folder {folder}.") from None
        yield


def greet(options: Settings, token: SetupToken) -> None:
    """The address, and on the first start what to do there."""
    host = "localhost" if options.loopback else options.host
    host = f"[{host}]" if ":" in host else host
    print(f"Vibe-Quality-Searcharr {VERSION} serves at http://{host}:{options.port}")
    if is_open():
        print("First start: open that address in a browser and make the administrator's account.")
        if not token.loopback:
            print(f"The setup token, asked for there: {token.value}")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="app.py", description="Vibe-Quality-Searcharr")
    parser.add_argument("command", nargs="?", choices=["serve"], default="serve")
    parser.add_argument("--version", action="version", version=VERSION)
    parser.parse_args()
    try:
        serve(settings.load())
    except (CannotStart, UnusableSettings, UnusableSecret, UnusableDatabase) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
