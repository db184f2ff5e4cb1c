"""Items learn their kind, searches their application, from what stood there before."""

import shutil
from pathlib import Path

from models.applications import EPISODE, MOVIE
from models.backlog import Item
from models.backlog.exclusions import Exclusion
from models.database import database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.opening.schema import MIGRATIONS, migrate
from models.searches import Search
from tests.conftest import START
from tests.models.migrations.test_0004_yields import add


def test_what_was_told_by_the_instance_stands_on_the_rows(tmp_path: Path, keyring: Keyring) -> None:
    folder = tmp_path / "earlier"
    folder.mkdir()
    for path in MIGRATIONS.glob("*.py"):
        if path.name < "0020":
            shutil.copy(path, folder)
    opened = EmbeddedDatabase(tmp_path / "old.db", keyring)
    opened.open()
    database.initialize(opened)
    migrate(opened, tmp_path / "old.db", START, folder)
    limits = dict.fromkeys(("hourly_budget", "daily_budget", "spacing_seconds"), 10)
    limits |= dict.fromkeys(("sync_read", "sync_total", "clock_ahead_ms", "demo"), 0)
    limits |= {"download_limit": 1, "free_space_gb": 1, "sync_note": "", "verify_tls": 1}
    row = {"want": "missing", "title": "", "sort_title": "", "slug": "", "available": 1}
    row |= {"monitored": 1, "first_seen_at": 0, "downloading": 0, "streak": 0, "attempts": 1}
    row |= {"random_key": 0, "reason": 0, "reason_at": 0, "arr_id": 1}
    done = {"queue_name": "", "instance_name": "", "demo": 0, "want": "missing", "title": ""}
    done |= {"cost": 1, "attempt": 1, "state": "done", "message": "", "created_at": 0}
    decided = {"arr_id": 1, "title": "", "note": "", "created_at": 0, "decided_by": ""}
    for number, name in enumerate(("sonarr", "radarr"), start=1):
        named = {"name": name, "key": name, "application": name, "url": name, "api_key": ""}
        add(opened, "instances", id=number, created_at=0, **named, **limits)
        # A Sonarr may list an episode without its series.
        add(opened, "items", instance_id=number, **row)
    for kind in ("episode", "season", "movie"):
        add(opened, "searches", kind=kind, **done)
    for instance, kind in ((1, "item"), (1, "series"), (2, "movie")):
        add(opened, "exclusions", instance_id=instance, kind=kind, **decided)

    migrate(opened, tmp_path / "old.db", START)
    assert [item.kind for item in Item.select().order_by(Item.id)] == [EPISODE, MOVIE]
    searched = [each.application.name for each in Search.select().order_by(Search.id)]
    assert searched == ["sonarr", "sonarr", "radarr"]
    kept = [each.kind for each in Exclusion.select().order_by(Exclusion.id)]
    assert kept == ["item", "series", "item"]
    opened.close_all()
