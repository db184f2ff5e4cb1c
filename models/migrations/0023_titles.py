"""An index of the backlog in the order of its pages, so that no page sorts all of it."""

# SQLite weighs an index by how its rows are spread, and guesses where nobody has told it.
# So many rows of each tell enough.
LEARN = ("PRAGMA analysis_limit = 1000", "ANALYZE items", "PRAGMA analysis_limit = 0")


def up(migrator, db):
    db.execute_sql(
        "CREATE INDEX items_by_title ON items (reason, (series_id IS NULL), sort_title,"
        " instance_id, series_id, season, episode, id, want)"
    )
    for statement in LEARN:
        db.execute_sql(statement)
