"""Reads the settings of Houndarr out of its SQLite database, without changing it.

The schema is that of the public sources, versions 1 to 20; keys are encrypted there, and are not
read.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

KNOWN = 20
# A household with more has changed something else into this file.
MOST = 100
PASSES = {"missing": "", "cutoff": "cutoff_", "upgrade": "upgrade_"}
# What a database that was made before a column came has in its place.
USUAL: dict[str, Any] = {
    "enabled": 1,
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
    "search_order": "chronological",
    "tag_filter_include": "",
    "tag_filter_exclude": "",
}


class NotHoundarr(Exception):
    """The file cannot be read; the message is one sentence for the terminal."""


class HoundarrPass(NamedTuple):
    """One of the passes of an instance; a cap of 0 is none."""

    name: str
    batch: int
    hourly_cap: int
    cooldown_days: int
    by_season: bool


class HoundarrInstance(NamedTuple):
    """An instance as Houndarr keeps it, with the passes that are switched on."""

    name: str
    application: str
    url: str
    is_on: bool
    passes: list[HoundarrPass]
    sleep_minutes: int
    grace_hours: int
    queue_limit: int
    window: str
    order: str
    tags_in: list[str]
    tags_out: list[str]


class HoundarrSettings(NamedTuple):
    """`version` is that of the schema; 0 where none is noted."""

    version: int
    instances: list[HoundarrInstance]


def read_houndarr(path: Path) -> HoundarrSettings:
    """The settings in the database at this path. Raises NotHoundarr."""
    if not path.is_file():
        raise NotHoundarr(f"{path} is no file: name Houndarr's houndarr.db.")
    address = f"{path.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as opened:
            opened.row_factory = sqlite3.Row
            found = opened.execute("SELECT value FROM settings WHERE key = 'schema_version'")
            version = found.fetchone()
            rows = opened.execute("SELECT * FROM instances ORDER BY id LIMIT ?", (MOST,))
            instances = [_instance(USUAL | dict(row)) for row in rows]
    except (sqlite3.Error, KeyError, ValueError, TypeError) as error:
        raise NotHoundarr(f"{path} cannot be read as Houndarr's database: {error}.") from None
    return HoundarrSettings(int(version[0]) if version else 0, instances)


def _instance(row: dict[str, Any]) -> HoundarrInstance:
    return HoundarrInstance(
        name=" ".join(str(row["name"]).split()),
        application=str(row["type"]),
        url=str(row["url"]),
        is_on=bool(row["enabled"]),
        passes=[_pass(name, part, row) for name, part in PASSES.items() if row[f"{name}_enabled"]],
        sleep_minutes=max(int(row["sleep_interval_mins"]), 1),
        grace_hours=int(row["post_release_grace_hrs"]),
        queue_limit=int(row["queue_limit"]),
        window=str(row["allowed_time_window"]).strip(),
        order=str(row["search_order"]),
        tags_in=_tags(row["tag_filter_include"]),
        tags_out=_tags(row["tag_filter_exclude"]),
    )


def _pass(name: str, part: str, row: dict[str, Any]) -> HoundarrPass:
    # The pass of cutoffs has no mode of its own: it searches episodes.
    mode = {"cutoff": "episode"}.get(name) or row[f"{part}sonarr_search_mode"]
    return HoundarrPass(
        name,
        batch=max(int(row[f"{part}batch_size"]), 1),
        hourly_cap=max(int(row[f"{part}hourly_cap"]), 0),
        cooldown_days=max(int(row[f"{part}cooldown_days"]), 0),
        by_season=mode == "season_context",
    )


def _tags(text: Any) -> list[str]:
    return [tag for tag in (each.strip() for each in str(text).split(",")) if tag]
