"""The ledger of a torture notices what it is there to notice."""

import json
from pathlib import Path

import pytest

from jobs.engine import Engine
from models.database import Database
from models.database.encryption import Keyring
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.arr import FakeArr
from tests.jobs.faults.acting import run
from tests.torture.ledger import Ledger


@pytest.fixture
async def ledger(
    engine: Engine, nightly: Queue, db: Database, keyring: Keyring, tmp_path: Path
) -> Ledger:
    """After five searches, and a kill that hurt nothing."""
    await run(engine, nightly)
    scratch = tmp_path / "copy"
    scratch.mkdir()
    made = Ledger(Path(db.database), keyring, scratch)
    made.after_kill()
    return made


def log_of(sonarr: FakeArr, folder: Path, times: int = 1) -> Path:
    path = folder / "commands.jsonl"
    entries = [{"instance": 1, "at": 0.0, **command} for command in sonarr.commands]
    path.write_text("\n".join(json.dumps(entry) for entry in entries * times))
    return path


def test_a_clean_end_has_no_violation(ledger: Ledger, sonarr: FakeArr, tmp_path: Path) -> None:
    figures = ledger.at_the_end(log_of(sonarr, tmp_path))
    assert ledger.violations == []
    assert figures["commands taken by the servers"] == figures["searches"] == 5


def test_a_row_that_is_lost_or_changed_back_is_noticed(ledger: Ledger) -> None:
    Search.delete_by_id(1)
    Search.get_by_id(2).change(state="sent", outcome=None)
    ledger.after_kill()
    assert len(ledger.violations) == 2


def test_an_item_searched_twice_and_a_command_without_a_row_are_noticed(
    ledger: Ledger, sonarr: FakeArr, tmp_path: Path
) -> None:
    ledger.at_the_end(log_of(sonarr, tmp_path, times=2))
    assert sum("no search stands for" in violation for violation in ledger.violations) == 5
    assert sum("was searched at" in violation for violation in ledger.violations) == 5


def test_what_is_left_active_or_undone_is_noticed(
    ledger: Ledger, nightly: Queue, sonarr: FakeArr, tmp_path: Path
) -> None:
    Run.start(nightly, START, trigger="schedule")
    Search.update(state="sent").where(Search.id == 3).execute()
    ledger.rows.clear()
    ledger.at_the_end(log_of(sonarr, tmp_path))
    assert ledger.violations == ["1 runs were left active.", "search 3 was left sent."]
