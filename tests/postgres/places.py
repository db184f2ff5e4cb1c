"""Data folders with a secret, beside an empty database on the server."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from models.database import Database, database
from models.database.encryption import Keyring, load, new_secret, write_secret
from models.database.fields import now
from models.opening.schema import open_database
from models.opening.servers import open_server
from tests.fakes.program import ROOT, environment


class Place:
    """A data folder with a furnished file, and the file that names an empty server."""

    def __init__(self, folder: Path, address: str) -> None:
        self.data, self.address = folder / "data", address
        self.data.mkdir()
        self.secret = folder / "data-secret" / "master.key"
        self.secret.parent.mkdir()
        write_secret(self.secret, new_secret())
        self.url_file = folder / "url"
        self.url_file.write_text(address + "\n")
        self.path = self.data / "vqs.db"

    @property
    def keyring(self) -> Keyring:
        return load(self.secret)[0]

    def command(
        self, *words: str, typed: str = "", **settings: object
    ) -> subprocess.CompletedProcess[str]:
        """A command of the terminal, with the server as the database."""
        return subprocess.run(
            [sys.executable, "app.py", *words],
            cwd=ROOT,
            env=environment(self.data, database_url_file=self.url_file, **settings),
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def start(self, way: str) -> subprocess.Popen[str]:
        words = [sys.executable, "app.py", "move", way, str(self.url_file)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(words, cwd=ROOT, env=environment(self.data), text=True, **pipes)

    def move(self, way: str) -> tuple[int, str, str]:
        process = self.start(way)
        said, errors = process.communicate(timeout=90)
        return process.returncode, said, errors

    @contextmanager
    def file(self) -> Iterator[Database]:
        before = database.obj
        opened = open_database(self.path, self.keyring, now())
        try:
            yield opened
        finally:
            opened.close_all()
            database.initialize(before)

    @contextmanager
    def server(self) -> Iterator[Database]:
        before = database.obj
        opened = open_server(self.address, self.keyring, now())
        try:
            yield opened
        finally:
            opened.close_all()
            database.initialize(before)

    def tables_on_server(self) -> int:
        with psycopg.connect(self.address) as there:
            found = there.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            return int(found.fetchone()[0])
