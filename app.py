"""The composition root: builds the database, the engine, the routes and the server."""

import gc

# Nothing that is imported becomes garbage, so nobody looks for any: that took a tenth of a start.
gc.disable()

import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial

from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from jobs import backups, moves, probe, terminal
from jobs.checkup import check
from jobs.commands import parser
from jobs.config import config
from jobs.engine import Engine
from jobs.greeting import greet
from jobs.scheduler import Scheduler
from jobs.worker import MOVING, Worker
from models.database import UnusableDatabase, database, unwritable_is_refused
from models.database.encryption import Keyring, UnusableSecret
from models.database.fields import now
from models.database.locks import Lock
from models.environment import Environment, UnusableEnvironment, in_container
from models.forms.typed_secrets import TypedSecrets
from models.household import Household
from models.household.fixed import fixed
from models.late import late
from models.logs import LOG
from models.metrics.board import MetricsBoard
from models.opening import CannotMove, open_chosen
from models.opening.lock import Unavailable, only_server
from models.opening.outside import apply_file, load_environment, unknown_names
from models.opening.rotation import CannotRotate
from models.opening.user import become, remarks
from models.parts.machine import told_at_start
from models.people.setup import SetupToken, is_open
from models.plan.rounds import Rounds
from views import errors
from views.api.page import specification
from views.routes import routes
from views.web.assets import assets
from views.web.kept import KeptParts
from views.web.limits import Limits
from views.web.middleware.base_path import BasePath
from views.web.middleware.headers import SecurityHeaders
from views.web.middleware.hosts import Hosts
from views.web.middleware.origin import OriginCheck
from views.web.middleware.proxies import Proxies
from views.web.middleware.requests import RequestIds
from views.web.middleware.sign_on import SignOn
from views.web.middleware.size import BodyLimit, HeadLimit
from views.web.render import environment
from views.web.serving import CannotListen, Restart, WebServer, listen
from views.web.tls import Certificate
from views.web.visitor import METRICS, Visitors

gc.freeze()
gc.enable()

log = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024
THREADS = 4


class CannotStart(Exception):
    """The message is one sentence for the terminal."""


REFUSALS = (
    CannotMove,
    CannotStart,
    CannotListen,
    CannotRotate,
    terminal.Refused,
    Unavailable,
    UnusableEnvironment,
    UnusableSecret,
    UnusableDatabase,
)


def create_app(
    options: Environment,
    keyring: Keyring,
    token: SetupToken,
    engine: Engine,
    restart: Restart | None = None,
) -> tuple[ASGIApp, Scheduler | Worker | None]:
    """The whole program as an ASGI app, and what works beside the pages, as long as they live.

    The database is open.
    """
    scheduler = Scheduler(engine)
    work = _background(options, scheduler)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        hears = partial(_follow_log_level, engine)
        if work is None:
            database.listen(hears)
        else:
            work.start()
        gc.collect()
        gc.freeze()
        try:
            yield
        finally:
            if work is None:
                database.stop_listening(hears)
            else:
                await work.stop()

    app = Starlette(
        routes=[each for each in routes() if _is_served(each.path, options)],
        lifespan=lifespan,
        middleware=[
            Middleware(BasePath, path=options.base_path),
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5),
            Middleware(Visitors, cookie_key=keyring.cookie_key, path=options.base_path),
            Middleware(Hosts, allowed=options.allowed_hosts, refuse=errors.refused),
            Middleware(HeadLimit, refuse=errors.refused),
            Middleware(OriginCheck, refuse=errors.refused),
            Middleware(SignOn, role=options.sso_role),
            Middleware(BodyLimit, largest=LARGEST_BODY),
        ],
        exception_handlers=errors.HANDLERS,
    )
    app.router.redirect_slashes = False
    app.state.base_path = options.base_path
    app.state.assets = assets()
    app.state.templates = environment()
    app.state.limits = Limits()
    app.state.options = options
    app.state.begun_at = now()
    app.state.keyring = keyring
    app.state.restart = restart or Restart()
    app.state.setup_token = token
    app.state.work = work
    app.state.clock = engine.clock
    app.state.door = engine.door
    app.state.specification = specification
    app.state.rounds = Rounds()
    app.state.kept = KeptParts()
    app.state.metrics = MetricsBoard(options)
    app.state.typed_secrets = TypedSecrets()
    app.state.log_folder = options.log_folder
    whole = RequestIds(SecurityHeaders(app))
    return Proxies(whole, options.trusted_proxies, options.sso_header), work


def _background(options: Environment, scheduler: Scheduler) -> Scheduler | Worker | None:
    """What searches beside the pages: on the file on their loop, on a server on its own."""
    if options.database_url_file is None:
        return scheduler
    return None if options.role == "web" else Worker(partial(make_engine, options))


def _follow_log_level(engine: Engine, topic: str) -> None:
    """Where no scheduler ticks, the level of the log follows the settings when they are saved."""

    async def follow() -> None:
        LOG.choose((await database.work(Household.current)).log_level)

    if topic != "wishes":
        engine.spawn("log-level", follow())


def serve(options: Environment) -> Restart:
    """Serves until a signal comes, or until it is to begin anew, which the caller does then.

    Raises one of REFUSALS where it cannot start.
    """
    restart = Restart()
    level = fixed().get("log_level")
    LOG.begin(style=options.log_format, level=str(level.value) if level else "info")
    on_server = options.database_url_file is not None
    with _folder(options):
        opened, keyring = open_chosen(options)
        try:
            LOG.choose(Household.current().log_level)
            apply_file(now())
            for sentence in told_at_start(options, now()):
                log.warning(sentence)
            if on_server:
                join(options)
            token = SetupToken.of(options)
            app, work = create_app(options, keyring, token, make_engine(options), restart)
            with listen(options.host, options.port) as listener, suppress(KeyboardInterrupt):
                greet(options, token)
                if on_server:
                    database.leave()
                restart.listener = listener
                begin_to_stop = None if work is None else work.begin_to_stop
                certificate = Certificate.of(options)
                server = WebServer(app, begin_to_stop, certificate=certificate, restart=restart)
                server.run(sockets=[listener])
        finally:
            opened.close_all()
    return restart


@contextmanager
def _folder(options: Environment) -> Iterator[None]:
    """The data folder for this process alone, and its log, which begins with what was noticed.

    That is said on the terminal where the folder is refused as well. Raises Unavailable.
    """
    with ExitStack() as stack:
        try:
            if options.database_url_file is None:
                stack.enter_context(only_server(options.data_dir))
            LOG.keep_in(options.log_folder)
        finally:
            for sentence in (*unknown_names(), *remarks(os.environ, os.getuid(), os.getgid())):
                log.warning(sentence)
        yield


def join(options: Environment) -> None:
    """Joins the other replicas. Raises CannotStart where this one would not be like them."""
    if not database.try_lock(Lock.SERVING, shared=True):
        raise CannotStart(MOVING)
    if options.setup_token_file is None and is_open():
        raise CannotStart(
            "Nobody has an account yet, and whichever replica is asked has to know the same setup "
            "token: put one of your choice into a file, and name that in VQS_SETUP_TOKEN_FILE."
        )
    database.begin_to_hear()


def make_engine(options: Environment) -> Engine:
    try:
        return Engine(
            ca_file=options.ca_file,
            in_container=in_container(),
            backup_note=options.backup_note_file,
            public_url=options.public_url,
        )
    except (OSError, ValueError) as error:
        raise CannotStart(f"VQS_CA_FILE cannot be used: {error}") from None


def _is_served(path: str, options: Environment) -> bool:
    """A replica that only works tells whether it does, and its figures."""
    return options.role != "work" or path.startswith("/health") or path == METRICS


def main() -> int:
    chosen = parser().parse_args()
    os.umask(0o077)
    # Handled like Ctrl-C: otherwise uvicorn stops and the signal kills us before we close.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if chosen.command == "health":
        return probe.main()
    try:
        with unwritable_is_refused():
            options = load_environment()
            become(options, os.environ)
            if chosen.command == "rotate-secret":
                print(terminal.rotate_secret(options))
            elif chosen.command == "config":
                print(config(options))
            elif chosen.command == "check":
                said, code = check(options, make_engine(options))
                print(said)
                return code
            elif chosen.command == "move" and chosen.to_server:
                print(moves.move_to(options, chosen.to_server))
            elif chosen.command == "move":
                print(moves.move_from(options, chosen.from_server))
            elif chosen.command == "reset-password":
                ask, off = terminal.typed_password, chosen.second_factor_off
                print(terminal.reset_password(options, chosen.name, ask, second_factor_off=off))
            elif chosen.command == "import":
                print(late("jobs.importing").take_in(options, chosen))
            elif about_backups := backups.COMMANDS.get(chosen.command):
                print(about_backups(options, chosen))
            else:
                serve(options).begin_anew()
    except REFUSALS as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
