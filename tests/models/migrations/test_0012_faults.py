"""A fault that was noted before faults had kinds is kept, and a good probe clears it."""

import shutil
from pathlib import Path

from models.database import database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.database.fields import to_ms
from models.instances import Instance
from models.instances.faults import InstanceFault, answered
from models.opening.schema import MIGRATIONS, migrate
from tests.conftest import START
from tests.models.migrations.test_0002_schedules import add

SERVER = {"application": "sonarr", "url": "http://a", "api_key": "", "sync_note": "", "demo": 0}
USUAL = {"verify_tls": 1, "hourly_budget": 10, "daily_budget": 100, "spacing_seconds": 30}
MORE = {"download_limit": 20, "free_space_gb": 10, "created_at": 0, "good_probes": 0}
SYNC = {"clock_ahead_ms": 0, "sync_read": 0, "sync_total": 0}
FAULT = {"fault_code": "refused", "fault": "It was refused.", "failures": 2}


def test_a_fault_keeps_its_sentence_and_its_first_moment(tmp_path: Path, keyring: Keyring) -> None:
    folder = tmp_path / "before"
    folder.mkdir()
    for path in MIGRATIONS.glob("*.py"):
        if path.name < "0012":
            shutil.copy(path, folder)
    opened = EmbeddedDatabase(tmp_path / "old.db", keyring)
    opened.open()
    database.initialize(opened)
    migrate(opened, tmp_path / "old.db", START, folder)
    usual = SERVER | USUAL | MORE | SYNC
    told = FAULT | {"faulty_since": to_ms(START), "retry_at": to_ms(START) + 30_000}
    add(opened, "instances", id=1, name="A", key="a", **usual, **told)
    add(opened, "instances", id=2, name="B", key="b", failures=0, **usual)
    migrate(opened, tmp_path / "old.db", START)
    kept = InstanceFault.get()
    assert (kept.instance_id, kept.kind, kept.code) == (1, "status", "refused")
    assert (kept.sentence, kept.since, kept.failures) == ("It was refused.", START, 2)
    answered(Instance.get_by_id(1), START)
    assert Instance.get_by_id(1).fault is None
    opened.close_all()
