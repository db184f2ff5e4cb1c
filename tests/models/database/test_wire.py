"""A server is asked without TLS only on this machine."""

import pytest

from models.database import UnusableDatabase
from models.database.wire import refuse_open_wire


@pytest.mark.parametrize(
    "address",
    [
        "postgresql:///vqs",
        "postgresql://vqs@/vqs?host=/var/run/postgresql",
        "postgresql://localhost/vqs",
        "postgresql://vqs:secret@127.0.0.1:5432/vqs",
        "postgresql://[::1]/vqs",
        "postgresql://db.example.com/vqs?hostaddr=127.0.0.1",
        "postgresql://db.example.com/vqs?sslmode=verify-full&sslrootcert=/ca.crt",
        "postgres://one.example.com,two.example.com/vqs?sslmode=verify-full",
    ],
)
def test_this_machine_or_one_that_proves_itself_may_be_asked(address: str) -> None:
    refuse_open_wire(address)


@pytest.mark.parametrize("mode", ["", "disable", "allow", "prefer", "require", "verify-ca"])
@pytest.mark.parametrize(
    "where",
    [
        "db.example.com/vqs?",
        "192.168.1.9/vqs?",
        "localhost,db.example.com/vqs?",
        "localhost/vqs?hostaddr=192.168.1.9&",
        "/vqs?host=db.example.com&",
    ],
)
def test_no_other_server_is_asked_without_proof_of_its_name(where: str, mode: str) -> None:
    with pytest.raises(UnusableDatabase, match="sslmode=verify-full") as refusal:
        refuse_open_wire(f"postgresql://vqs:hunter2@{where}{mode and f'sslmode={mode}'}")
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("name", ["PGHOST", "PGHOSTADDR"])
def test_what_the_environment_adds_counts(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "192.168.1.9")
    with pytest.raises(UnusableDatabase, match="sslmode=verify-full"):
        refuse_open_wire("postgresql:///vqs")


def test_a_service_is_refused_as_it_may_name_any_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnusableDatabase, match="names a service"):
        refuse_open_wire("postgresql:///vqs?service=elsewhere")


@pytest.mark.parametrize("address", ["", "vqs", "host=localhost password=hunter2", "http://a"])
def test_another_kind_of_address_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(UnusableDatabase) as refusal:
        refuse_open_wire(address)
    assert "hunter2" not in str(refusal.value)
