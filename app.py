"""The composition root: settings become a database, an engine, routes and a server."""

import argparse
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

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
from models.lock import Unavailable, only_server
from models.schema import open_database
from models.settings import Settings, UnusableSettings, in_container
from models.setup import SetupToken, is_open
from models.version import VERSION
from views import errors
from views.assets import Assets
from views.middleware.base_path import BasePath
from views.middleware.headers import SecurityHeaders
from views.middleware.hosts import Hosts
from views.middleware.origin import OriginCheck
from views.middleware.proxies import Proxies
from views.middleware.size import BodyLimit
from views.render import environment
from views.routes import routes
from views.serving import CannotListen, Server, listen
from views.visitor import Visitors

log = logging.getLogger("vqs")

LARGEST_BODY = 1024 * 1024
THREADS = 4


class CannotStart(Exception):
    """The message is one sentence for the terminal."""


REFUSALS = (
    CannotStart,
    CannotListen,
    Unavailable,
    UnusableSettings,
    UnusableSecret,
    UnusableDatabase,
)


def create_app(
    options: Settings, keyring: Keyring, token: SetupToken, engine: Engine
) -> tuple[ASGIApp, Scheduler]:
    """The whole program as an ASGI app, whose lifespan is the scheduler's; the database is open."""
    scheduler = Scheduler(engine)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        scheduler.start()
        gc.collect()
        gc.freeze()
        try:
            yield
        finally:
            await scheduler.stop()

    app = Starlette(
        routes=routes(),
        lifespan=lifespan,
        middleware=[
            Middleware(BasePath, path=options.base_path),
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5),
            Middleware(
                Visitors,
                cookie_key=keyring.cookie_key,
                path=options.base_path,
                sso_role=options.sso_role,
            ),
            Middleware(Hosts, allowed=options.allowed_hosts, refuse=errors.refused),
            Middleware(OriginCheck, refuse=errors.refused),
            Middleware(BodyLimit, largest=LARGEST_BODY),
        ],
        exception_handlers={HTTPException: errors.refused, Exception: errors.broken},
    )
    app.router.redirect_slashes = False
    app.state.base_path = options.base_path
    app.state.assets = Assets()
    app.state.templates = environment()
    app.state.keyring = keyring
    app.state.setup_token = token
    app.state.engine = engine
    app.state.scheduler = scheduler
    app.state.by_hand = ByHand(engine)
    proxies = Proxies(SecurityHeaders(app), options.trusted_proxies, options.sso_header)
    return proxies, scheduler


def serve(options: Settings) -> None:
    """Until a signal comes. Raises CannotStart or one of its kin before anything is touched."""
    logging.basicConfig(
        level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with only_server(options.data_dir):
        if options.database_path.exists() and not options.secret_path.exists():
            raise CannotStart(
                f"The database {options.database_path} is there, but its master secret "
                f"{options.secret_path} is not: put it back, or name it in VQS_SECRET_FILE."
            )
        keyring, warnings = encryption.load_or_create(options.secret_path)
        for warning in warnings:
            log.warning(warning)
        database = open_database(options.database_path, keyring, now())
        try:
            token = SetupToken.of(options)
            app, scheduler = create_app(options, keyring, token, make_engine(options))
            with listen(options.host, options.port) as listener, suppress(KeyboardInterrupt):
                greet(options, token)
                Server(app, scheduler.begin_to_stop).run(sockets=[listener])
        finally:
            database.close_all()


def make_engine(options: Settings) -> Engine:
    try:
        return Engine(ca_file=options.ca_file, in_container=in_container())
    except (OSError, ValueError) as error:
        raise CannotStart(f"VQS_CA_FILE cannot be used: {error}") from None


def greet(options: Settings, token: SetupToken) -> None:
    """The address, and on the first start what to do there."""
    host = "localhost" if options.loopback else options.host
    host = f"[{host}]" if ":" in host else host
    print(f"Vibe-Quality-Searcharr {VERSION} serves at http://{host}:{options.port}")
    if is_open():
        print("First start: open that address in a browser and make the administrator's account.")
        if token.from_file:
            print("The setup token, asked for there, is the one in VQS_SETUP_TOKEN_FILE.")
        elif not token.loopback:
            print(f"The setup token, asked for there: {token.value}")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="app.py", description="Vibe-Quality-Searcharr")
    parser.add_argument("command", nargs="?", choices=["serve"], default="serve")
    parser.add_argument("--version", action="version", version=VERSION)
    parser.parse_args()
    os.umask(0o077)
    # As for Ctrl-C: else uvicorn, once it has stopped, lets the signal kill us before we close.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        serve(settings.load())
    except REFUSALS as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
