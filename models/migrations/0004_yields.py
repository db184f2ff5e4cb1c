"""Roll-ups of what searches brought, filled from the searches that are there already."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from peewee import BooleanField, IntegerField, Model, TextField
from playhouse.sqlite_ext import AutoIncrementField

COUNTED = ("counted_day", "counted_queue", "counted_instance")
# Wherever a zone's offset changes, it does so on a quarter of an hour of UTC.
QUARTER = 15 * 60_000
AGES = (14, 90, 365, 1825)
ATTEMPTS = (2, 3, 4, 6)
DAYS_KEPT = 100


def _bucket(column, limits):
    return " + ".join(f"({column} >= {limit})" for limit in limits)


AGE = f"CASE WHEN age_days IS NULL THEN '' ELSE CAST({_bucket('age_days', AGES)} AS TEXT) END"
ATTEMPT = f"CAST(1 + {_bucket('attempt', ATTEMPTS)} AS TEXT)"
BY_QUEUE = "CASE WHEN {0} <> '' THEN {0} WHEN queue_name = '' THEN 'hand' ELSE '' END"
# For each dimension: the key, the name, and which searches have one.
DIMENSIONS = {
    "total": ("'all'", "''", "1"),
    "queue": (
        "CASE WHEN queue_name = '' THEN 'hand'"
        " WHEN queue_id IS NULL THEN '=' || queue_name ELSE '#' || queue_id END",
        "queue_name",
        "1",
    ),
    "strategy": (BY_QUEUE.format("strategy"), "''", "1"),
    "order": (BY_QUEUE.format("item_order"), "''", "1"),
    "instance": (
        "CASE WHEN instance_id IS NULL THEN '=' || instance_name ELSE '#' || instance_id END",
        "instance_name",
        "1",
    ),
    "age": (AGE, "''", "1"),
    "attempt": (ATTEMPT, "''", "1"),
    "hour": ("printf('%02d', local_hour)", "''", "1"),
    "score": (f"want || ':' || {AGE} || ':' || {ATTEMPT}", "''", "1"),
    "indexer": ("ifnull(indexer, '')", "ifnull(indexer, '')", "outcome = 'grabbed'"),
}
FIGURES = {
    "grabbed": "outcome = 'grabbed'",
    "nothing": "outcome = 'nothing'",
    "no_indexer": "outcome = 'no_indexer'",
    "failed": "outcome = 'failed'",
    "unknown": "outcome = 'unknown'",
    "imported": "fate IS 'imported'",
    "import_failed": "fate IS 'failed'",
    "import_ignored": "fate IS 'ignored'",
}


def up(migrator, db):
    for name in COUNTED:
        migrator.migrate(migrator.add_column("searches", name, IntegerField(null=True)))

    class Yield(Model):
        id = AutoIncrementField()
        demo = BooleanField()
        dimension = TextField()
        period = IntegerField()
        key = TextField()
        name = TextField(default="")
        grabbed = IntegerField(default=0)
        nothing = IntegerField(default=0)
        no_indexer = IntegerField(default=0)
        failed = IntegerField(default=0)
        unknown = IntegerField(default=0)
        imported = IntegerField(default=0)
        import_failed = IntegerField(default=0)
        import_ignored = IntegerField(default=0)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "yields"
            indexes = ((("demo", "dimension", "period", "key"), True),)

    db.create_tables([Yield])
    fill(db)


def fill(db):
    _date(db)
    _roll_up(db)


def _date(db):
    """The local day and hour of each search that was made, by the zone of the house."""
    first, last = db.execute_sql("SELECT min(created_at), max(created_at) FROM searches").fetchone()
    if first is None:
        return
    for begin, end, offset in _offsets(_zone(db), first, last):
        local = f"(created_at / 1000 + {offset}), 'unixepoch'"
        db.execute_sql(
            f"UPDATE searches SET counted_day = CAST(strftime('%Y%m%d', {local}) AS INTEGER),"  # nosec B608 # our own names
            f" local_hour = ifnull(local_hour, CAST(strftime('%H', {local}) AS INTEGER)),"
            " counted_queue = queue_id, counted_instance = instance_id"
            " WHERE created_at >= ? AND created_at < ? AND outcome IS NOT NULL AND cost > 0",
            (begin, end),
        )


def _zone(db):
    row = db.execute_sql("SELECT time_zone FROM settings").fetchone()
    try:
        return ZoneInfo(row[0] if row else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _offsets(zone, first, last):
    """Stretches of time with the same offset, in seconds, from the first search to the last."""
    begin, seen = first, None
    for at in range(first - first % QUARTER, last + QUARTER, QUARTER):
        moment = datetime.fromtimestamp(at / 1000, zone)
        offset = int(moment.utcoffset().total_seconds())
        if seen is not None and offset != seen:
            yield begin, at, seen
            begin = at
        seen = offset
    yield begin, last + 1, seen


def _roll_up(db):
    """The history is walked once for each dimension; months and all time are sums of days."""
    names = ", ".join(f'"{name}"' for name in FIGURES)
    counts = ", ".join(f"sum({condition})" for condition in FIGURES.values())
    for dimension, (key, name, condition) in DIMENSIONS.items():
        db.execute_sql(
            f"INSERT INTO yields (demo, dimension, period, key, name, {names})"  # nosec B608 # our own names
            f" SELECT demo, ?, counted_day, {key}, max({name}), {counts} FROM searches"
            f" WHERE counted_day IS NOT NULL AND {condition} GROUP BY demo, counted_day, 4",
            (dimension,),
        )
    sums = ", ".join(f'sum("{name}")' for name in FIGURES)
    for period in ("period / 100", "0"):
        db.execute_sql(
            f"INSERT INTO yields (demo, dimension, period, key, name, {names})"  # nosec B608 # our own names
            f" SELECT demo, dimension, {period}, key, max(name), {sums} FROM yields"
            " WHERE period > 9999999 GROUP BY demo, dimension, 3, key"
        )
    db.execute_sql(
        "DELETE FROM yields WHERE period > 9999999 AND period NOT IN"
        " (SELECT DISTINCT period FROM yields ORDER BY period DESC LIMIT ?)",
        (DAYS_KEPT,),
    )
