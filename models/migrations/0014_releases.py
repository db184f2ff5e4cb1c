"""When movies are out, and cooldowns that begin with the base; what is stored is reckoned anew.

The reasons follow within the first seconds of a start: what may have changed is due at once.
"""

from bisect import bisect_right
from time import time

from peewee import IntegerField, TextField

HOUR = 3_600_000
DAY = 24 * HOUR
USUAL_RECENT = 12
FRESH_STEPS = (2 * DAY, 4 * DAY)
# A cooldown was counted from the moment at which its command had arrived.
ARRIVING = 35 * 60_000
COLUMNS = (
    "settings RENAME COLUMN recent_days TO fresh_days",
    "items ADD COLUMN home_release_at INTEGER",
    "items ADD COLUMN early_at INTEGER",
    "items ADD COLUMN arr_searched_told INTEGER",
)


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("settings", "fresh_first_hours", IntegerField(default=6)),
        migrator.add_column("settings", "fresh_second_hours", IntegerField(default=12)),
        migrator.add_column("settings", "fresh_later_hours", IntegerField(default=24)),
        migrator.add_column("queues", "movie_release", TextField(default="usual")),
    )
    for column in COLUMNS:
        db.execute_sql(f"ALTER TABLE {column}")
    _keep_own_rest(db)
    house = db.execute_sql("SELECT * FROM settings")
    names = [column[0] for column in house.description]
    found = house.fetchone()
    now = int(time() * 1000)
    if found:
        _shorten(db, dict(zip(names, found)), now)
    _mend_future(db, now)
    _read_movies_again(db, now)
    db.execute_sql("ALTER TABLE settings DROP COLUMN recent_cooldown_hours")


def _keep_own_rest(db):
    """Whoever chose another rest for what is new keeps it, at every age."""
    db.execute_sql(
        "UPDATE settings SET fresh_first_hours = recent_cooldown_hours,"
        " fresh_second_hours = recent_cooldown_hours, fresh_later_hours = recent_cooldown_hours"
        " WHERE recent_cooldown_hours <> ?",
        (USUAL_RECENT,),
    )


def _shorten(db, house, now):
    """Only cooldowns that are exactly as the earlier rule made them."""
    rows = db.execute_sql(
        "SELECT id, want, aired_at, searched_at, cooldown_until, streak FROM items"
        " WHERE cooldown_until > ? AND searched_at IS NOT NULL",
        (now,),
    ).fetchall()
    changes = [
        (searched + rest, now, item_id)
        for item_id, want, aired, searched, until, streak in rows
        if (rest := _rest(house, want, aired, searched, until - searched, streak)) is not None
    ]
    db.connection().executemany(
        "UPDATE items SET cooldown_until = ?, eligible_at = ? WHERE id = ?", changes
    )
    db.execute_sql(
        "UPDATE items SET streak = 1"
        " WHERE streak > 1 AND searched_at >= aired_at AND searched_at < aired_at + ?",
        (house["fresh_days"] * DAY,),
    )


def _rest(house, want, aired, searched, rested, streak):
    """In ms; None for what the earlier rule did not make."""
    age = None if aired is None else searched - aired
    fresh = age is not None and 0 <= age < house["fresh_days"] * DAY
    days = house["missing_cooldown_days" if want == "missing" else "upgrade_cooldown_days"]
    base = house["recent_cooldown_hours"] * HOUR if fresh else days * DAY
    longest = house["longest_cooldown_days"] * DAY
    in_vain = min(base << min(streak, 16), longest)
    late = rested - (in_vain if streak else base)
    if not 0 <= late < ARRIVING:
        late, streak = rested - base, 0
    if not 0 <= late < ARRIVING:
        return None
    if fresh:
        hours = [house[f"fresh_{which}_hours"] for which in ("first", "second", "later")]
        return hours[bisect_right(FRESH_STEPS, age)] * HOUR + late
    return min(base << max(min(streak, 17) - 1, 0), longest) + late


def _mend_future(db, now):
    """Whoever told a moment in the future searched the item at some time before now."""
    db.execute_sql(
        "UPDATE items SET arr_searched_told = arr_searched_at + COALESCE("
        "(SELECT clock_ahead_ms FROM instances WHERE instances.id = items.instance_id), 0),"
        " arr_searched_at = ?, eligible_at = ? WHERE arr_searched_at > ?",
        (now, now, now),
    )


def _read_movies_again(db, now):
    """No list has this length, so that the next look at it reads it; then releases are known."""
    movies = "instance_id IN (SELECT id FROM instances WHERE application = 'radarr')"
    db.execute_sql(f"UPDATE wanted_lists SET total = -1 WHERE {movies}")  # nosec B608 # our own words
    db.execute_sql("UPDATE instances SET looked_at = NULL WHERE application = 'radarr'")
    db.execute_sql(
        f"UPDATE items SET eligible_at = ? WHERE {movies} AND aired_at > ?",  # nosec B608 # our own words
        (now, now - DAY * 7),
    )
