"""Counts what searches brought by instance and want, also of the searches before."""

FIGURES = {
    **{each: f"outcome = '{each}'" for each in ("grabbed", "nothing", "no_indexer", "failed")},
    "unknown": "outcome = 'unknown'",
    "imported": "fate = 'imported'",
    "import_failed": "fate = 'failed'",
    "import_ignored": "fate = 'ignored'",
}
KEY = (
    "CASE WHEN counted_instance IS NULL THEN '=' || instance_name"
    " ELSE '#' || CAST(counted_instance AS TEXT) END || ':' || want"
)
# Days that are no longer kept of the whole have no part, either.
KEPT = "SELECT period FROM yields WHERE dimension = 'total'"


def up(migrator, db):
    names = ", ".join(f'"{each}"' for each in FIGURES)
    counts = ", ".join(f"SUM(CASE WHEN {each} THEN 1 ELSE 0 END)" for each in FIGURES.values())
    for period in ("counted_day", "counted_day / 100", "0"):
        db.execute_sql(
            f"INSERT INTO yields (demo, dimension, period, key, name, {names})"  # nosec B608 # our own names
            f" SELECT demo, 'instance_want', {period}, {KEY}, '', {counts} FROM searches"
            f" WHERE counted_day IS NOT NULL AND outcome IS NOT NULL AND {period} IN ({KEPT})"
            " GROUP BY 1, 3, 4"
        )
