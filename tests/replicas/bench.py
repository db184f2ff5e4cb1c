"""Several replicas on one server, in front of the same instances, and what to do to them."""

import argparse
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from models.database.encryption import load_or_create
from models.database.locks import Lock
from tests.postgres.cluster import Cluster, cluster
from tests.replicas.household import Terms, settle_in
from tests.replicas.rows import UNDONE, Rows
from tests.replicas.watcher import Watcher
from tests.torture.program import Program, servers

# Durable, for a server that is stopped at once must have kept what it committed.
KEPT = ("synchronous_commit=on", "max_connections=200")
SETTLED_WITHIN = 30.0
AUDITED = "tests.replicas.servers"
TOKEN = "the token of the replicas"


class Replica(Program):
    """A process of the real program; `name` is what its sessions are called on the server."""

    words = ("-m", "tests.replicas.program")

    def __init__(self, folder: Path, number: int, address: str, **settings: str) -> None:
        self.name = f"replica-{number}"
        data = folder / self.name
        data.mkdir()
        (data / "url").write_text(f"{address}?application_name={self.name}")
        (folder / "token").write_text(TOKEN)
        files = {
            "VQS_DATABASE_URL_FILE": str(data / "url"),
            "VQS_SECRET_FILE": str(folder / "secret" / "master.key"),
            "VQS_SETUP_TOKEN_FILE": str(folder / "token"),
        }
        super().__init__(data, folder / f"{self.name}.log", **files | settings)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)


class Bench:
    """`violations` are sentences; `excused` the owners whose runs may be interrupted.

    `patience` is how many times longer everything may take, on a busy machine.
    """

    def __init__(
        self,
        folder: Path,
        server: Cluster,
        places: list[tuple[str, str]],
        chosen: argparse.Namespace,
    ) -> None:
        self.folder, self.server, self.places = folder, server, places
        self.rng, self.patience = random.Random(chosen.seed), chosen.patience
        self.terms = Terms()
        self.address = f"{server.address}/vqs"
        self.keyring = load_or_create(folder / "secret" / "master.key")[0]
        self.rows = Rows(self.address)
        self.replicas: list[Replica] = []
        self.violations: list[str] = []
        self.excused: set[int] = set()
        self.watcher = Watcher(self.address)
        self._feeding = threading.Event()
        self._feeder: threading.Thread | None = None

    def found(self, terms: Terms) -> None:
        self.terms = terms
        settle_in(self.address, self.keyring, self.places, terms)

    def add(self, address: str = "", **settings: str) -> Replica:
        made = Replica(self.folder, len(self.replicas) + 1, address or self.address, **settings)
        self.replicas.append(made)
        return made

    def start(self, *, watched: bool = True) -> None:
        """All at once."""
        for replica in self.replicas:
            replica.begin()
        for replica in self.replicas:
            replica.wait()
        if watched:
            self.watcher.start()

    def feed(self, seconds: float, ago: float) -> None:
        """From now on the queues are made due again and again; see `Rows.make_due`."""

        def feed() -> None:
            rows = Rows(self.address)
            while not self._feeding.wait(seconds):
                rows.make_due(ago)
            rows.close()

        self._feeder = threading.Thread(target=feed, name="feeder", daemon=True)
        self._feeder.start()

    def owners(self, replica: Replica) -> set[int]:
        """The numbers under which it is known to be alive."""
        return {
            number for name, number, _ in self.rows.holders(Lock.REPLICA) if name == replica.name
        }

    def kill(self, replica: Replica) -> None:
        owners = self.owners(replica)
        self.excused |= owners
        replica.kill()
        self.watcher.died(owners, time.monotonic())

    def alive(self) -> list[Replica]:
        """The replicas that hold their lock; all of them if none does."""
        names = {name for name, _, _ in self.rows.holders(Lock.REPLICA)}
        return [each for each in self.replicas if each.name in names] or self.replicas

    def settle(self) -> float:
        """Makes nothing due any more; seconds until nothing was active and undone."""
        self._feeding.set()
        if self._feeder:
            self._feeder.join(60)
        began = time.monotonic()
        most = max(SETTLED_WITHIN, 6 * self.terms.spacing) * self.patience
        while time.monotonic() - began < most:
            left = self.rows.count("runs", "state = 'active'") + self.rows.count("searches", UNDONE)
            if not left:
                break
            time.sleep(0.1)
        else:
            self.violations.append(f"{left} runs and searches went on {most:.0f} s after.")
        return time.monotonic() - began

    def stop(self) -> None:
        """Gracefully, one after the other."""
        for replica in self.replicas:
            if not replica.is_alive:
                self.violations.append(f"{replica.name} was no longer there at the end.")
            elif code := replica.stop():
                self.violations.append(f"the graceful stop of {replica.name} ended with {code}.")

    def close(self) -> None:
        self._feeding.set()
        if self.watcher.is_alive():
            self.watcher.stop()
        for replica in self.replicas:
            if replica.is_alive:
                replica.signal(signal.SIGCONT)
            replica.kill()
        self.rows.close()


@contextmanager
def bench(folder: Path, chosen: argparse.Namespace) -> Iterator[Bench]:
    """An empty household in a database of its own."""
    with ExitStack() as stack:
        server = stack.enter_context(cluster(*KEPT))
        with psycopg.connect(f"{server.address}/postgres", autocommit=True) as there:
            there.execute("CREATE DATABASE vqs TEMPLATE template0 LOCALE 'C.UTF-8'")
        log = folder / "commands.jsonl"
        places = stack.enter_context(servers(log, chosen.seed, chosen.instances, AUDITED))
        made = Bench(folder, server, places, chosen)
        stack.callback(made.close)
        yield made


Figures = dict[str, Any]
