"""Tags that were kept as bits become rows; what the bits could not hold is read again."""

import shutil
from pathlib import Path

from models.backlog.tags import linked
from models.database import Database, database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.instances import Instance, WantedList
from models.opening.schema import MIGRATIONS, migrate
from tests.conftest import START
from tests.models.migrations.test_0004_yields import add


def _tag(opened: Database, instance: int, number: int, bit: int) -> None:
    about = {"kind": "tag", "name": f"t{number}", "fingerprint": ""}
    add(opened, "snapshots", instance_id=instance, arr_id=number, bit=bit, **about)


def _item(opened: Database, instance: int, arr_id: int, mask: int) -> None:
    row = {"want": "missing", "title": "", "sort_title": "", "slug": "", "available": 1}
    row |= {"monitored": 1, "first_seen_at": 0, "downloading": 0, "streak": 0, "attempts": 1}
    row |= {"random_key": 0, "reason": 0, "reason_at": 0, "tag_mask": mask}
    add(opened, "items", instance_id=instance, arr_id=arr_id, **row)


def test_every_bit_becomes_a_tag_and_a_crowded_instance_is_read_again(
    tmp_path: Path, keyring: Keyring
) -> None:
    folder = tmp_path / "earlier"
    folder.mkdir()
    for path in MIGRATIONS.glob("*.py"):
        if path.name < "0010":
            shutil.copy(path, folder)
    opened = EmbeddedDatabase(tmp_path / "old.db", keyring)
    opened.open()
    database.initialize(opened)
    migrate(opened, tmp_path / "old.db", START, folder)
    for number in (1, 2):
        limits = dict.fromkeys(("hourly_budget", "daily_budget", "spacing_seconds"), 10)
        limits |= dict.fromkeys(("failures", "good_probes", "sync_read", "sync_total"), 0)
        limits |= {"download_limit": 1, "free_space_gb": 1, "clock_ahead_ms": 0, "sync_note": ""}
        limits |= {"demo": 0, "verify_tls": 1, "url": "", "api_key": "", "looked_at": 1}
        named = {"name": f"i{number}", "key": f"i{number}", "application": "sonarr"}
        add(opened, "instances", id=number, created_at=0, **named, **limits)
        add(opened, "wanted_lists", instance_id=number, want="missing", total=9)
    for number, bit in ((11, 0), (12, 1), (13, 61)):
        _tag(opened, 1, number, bit)
        _tag(opened, 2, number + 10, bit)
    _tag(opened, 2, 99, 62)
    _item(opened, 1, 1, 0b10 | 1 << 61)
    _item(opened, 1, 2, 0)
    _item(opened, 2, 1, 0b11 | 1 << 62)

    migrate(opened, tmp_path / "old.db", START)
    first, second = Instance.get_by_id(1), Instance.get_by_id(2)
    assert linked(first, [1, 2]) == {1: {12, 13}}
    assert linked(second, [1]) == {1: {21, 22}}
    assert [row.total for row in WantedList.select().order_by(WantedList.id)] == [9, -1]
    assert (first.looked_at is not None, second.looked_at) == (True, None)
