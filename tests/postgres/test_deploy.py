"""The commands of docs/how-to/postgresql.md and its script do what they are there for."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from models.database import UnusableDatabase
from models.database.encryption import Keyring
from models.database.fields import follow, now
from models.database.server import ServerDatabase
from models.late import late
from models.opening.servers import open_server
from tests.fakes.program import ROOT, running
from tests.postgres.cluster import programs, server
from views.web.visitor import PROBES

DOCUMENT = (ROOT / "docs/how-to/postgresql.md").read_text()
SCRIPT = ROOT / "docs/deploy/database.sh"
CERTIFICATES = re.compile(r"```sh\n(openssl req .*?)```", re.DOTALL)


@pytest.fixture(autouse=True)
def _own_clock() -> Iterator[None]:
    yield
    follow(None)


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that the server's user may enter."""
    made = Path(tempfile.mkdtemp(prefix="vqs-tls."))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def certificates(folder: Path) -> Path:
    """What the commands of the document leave, for a server of the name "localhost"."""
    found = CERTIFICATES.search(DOCUMENT)
    assert found
    commands = found[1].replace("database.example.com", "localhost")
    subprocess.run(["sh", "-ec", commands], cwd=folder, check=True, capture_output=True)
    if os.geteuid() == 0:
        shutil.chown(folder / "server.key", "postgres", "postgres")
    return folder


def test_a_server_with_the_certificate_of_the_commands_is_who_it_says(
    certificates: Path, keyring: Keyring
) -> None:
    files = f"ssl_cert_file={certificates}/server.crt", f"ssl_key_file={certificates}/server.key"
    with server("ssl=on", *files) as url:
        address = f"{url.replace('127.0.0.1', 'localhost')}/postgres?sslmode=verify-full"
        opened = ServerDatabase(f"{address}&sslrootcert={certificates}/ca.crt", keyring)
        opened.open()
        query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert opened.execute_sql(query).fetchone() == (True,)
        opened.close_all()
        for stranger in (f"{address}&sslrootcert={certificates}/server.crt", address):
            refused = ServerDatabase(stranger, keyring)
            with pytest.raises(UnusableDatabase):
                refused.open()
            refused.close_all()


def test_the_script_makes_a_database_whose_owner_may_do_nothing_else(
    tmp_path: Path, keyring: Keyring
) -> None:
    psycopg, folder = late("psycopg"), programs()
    (tmp_path / "password").write_text("it's a \\ password\n")
    script = SCRIPT.read_text().replace("/run/secrets/database-password", f"{tmp_path}/password")
    with server() as url:
        port = url.rpartition(":")[2]
        with psycopg.connect(f"{url}/postgres", autocommit=True) as there:
            there.execute("CREATE ROLE postgres SUPERUSER LOGIN")
        administrator = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        with psycopg.connect(administrator, autocommit=True) as there:
            there.execute("ALTER ROLE vqs RENAME TO bootstrap")
            place = {
                "PATH": f"{folder}:{os.environ['PATH']}",
                "PGPORT": port,
                "PGHOST": "127.0.0.1",
            }
            done = subprocess.run(["sh", "-c", script], env=place, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            rights = "rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
            query = f"SELECT {rights} FROM pg_roles WHERE rolname = 'vqs'"
            assert there.execute(query).fetchone() == (False,) * 5
        opened = open_server(f"{url}/vqs", keyring, now())
        found = opened.execute_sql("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        assert found.fetchone() == (1,)
        opened.close_all()


def test_a_database_that_is_away_leaves_the_process_alive_and_not_ready(tmp_path: Path) -> None:
    with ExitStack() as cluster:
        url = cluster.enter_context(server())
        files = {"database_url": f"{url}/postgres", "secret": "5a" * 32, "setup_token": "ours"}
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        settings = {f"{name}_file": tmp_path / name for name in files}
        with running(tmp_path / "data", log_level="error", **settings) as (address, process):
            assert _statuses(address) == {"/health": 200, "/health/live": 200}
            cluster.close()
            for _ in range(3):
                assert _statuses(address) == {"/health": 503, "/health/live": 200}
            answer = httpx.get(f"{address}/health/ready", trust_env=False)
            assert (answer.status_code, answer.content) == (503, b"")
            assert process.poll() is None


def _statuses(address: str) -> dict[str, int]:
    """What the two addresses answer that do not wait for the engine, asked like a browser."""
    found = {}
    for path in PROBES[:2]:
        answer = httpx.get(f"{address}{path}", cookies={"vqs": "a.b"}, trust_env=False)
        assert answer.content == b""
        found[path] = answer.status_code
    return found
