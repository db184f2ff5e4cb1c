"""A database as Houndarr makes it: tables and columns of its public schema, version 20."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

NUMBERS = (
    *("missing_enabled", "batch_size", "sleep_interval_mins", "hourly_cap", "cooldown_days"),
    *("post_release_grace_hrs", "queue_limit", "cutoff_enabled", "cutoff_batch_size"),
    *("cutoff_cooldown_days", "cutoff_hourly_cap", "upgrade_enabled", "upgrade_batch_size"),
    *("upgrade_cooldown_days", "upgrade_hourly_cap", "enabled"),
)
TEXTS = (
    *("encrypted_api_key", "sonarr_search_mode", "upgrade_sonarr_search_mode"),
    *("allowed_time_window", "search_order", "tag_filter_include", "tag_filter_exclude"),
)
# What a fresh instance has there.
FRESH: dict[str, Any] = {
    "encrypted_api_key": "gAAAAABsealed",
    "missing_enabled": 1,
    "batch_size": 2,
    "sleep_interval_mins": 30,
    "hourly_cap": 4,
    "cooldown_days": 14,
    "post_release_grace_hrs": 6,
    "queue_limit": 0,
    "cutoff_enabled": 0,
    "cutoff_batch_size": 1,
    "cutoff_cooldown_days": 21,
    "cutoff_hourly_cap": 1,
    "upgrade_enabled": 0,
    "upgrade_batch_size": 1,
    "upgrade_cooldown_days": 90,
    "upgrade_hourly_cap": 1,
    "sonarr_search_mode": "episode",
    "upgrade_sonarr_search_mode": "episode",
    "allowed_time_window": "",
    "search_order": "random",
    "tag_filter_include": "",
    "tag_filter_exclude": "",
    "enabled": 1,
}


def houndarr_database(
    folder: Path, *instances: dict[str, Any], version: int = 20, without: tuple[str, ...] = ()
) -> Path:
    """The file, with these instances; `without` are columns that an older one does not have."""
    path = folder / "houndarr.db"
    path.unlink(missing_ok=True)
    numbers = [f"{name} INTEGER NOT NULL" for name in NUMBERS if name not in without]
    texts = [f"{name} TEXT NOT NULL" for name in TEXTS if name not in without]
    own = ["id INTEGER PRIMARY KEY", "name TEXT NOT NULL", "type TEXT NOT NULL", "url TEXT"]
    with closing(sqlite3.connect(path)) as made, made:
        made.execute("CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
        made.execute("INSERT INTO settings VALUES ('schema_version', ?)", (str(version),))
        made.execute(f"CREATE TABLE instances ({', '.join([*own, *numbers, *texts])})")
        for each in instances:
            row = {name: value for name, value in (FRESH | each).items() if name not in without}
            marks = ", ".join("?" * len(row))
            made.execute(
                f"INSERT INTO instances ({', '.join(row)}) VALUES ({marks})", tuple(row.values())
            )
    return path
