"""Indexes of the backlog in the order of each sort of its page."""

# Titles of series and of movies stand together.
TITLE = ("sort_title", "instance_id", "series_id", "season", "episode", "id", "want")
INDEXES = {
    "items_by_title": TITLE,
    "items_by_release": ("aired_at", "id", "instance_id", "want"),
    "items_by_search": ("searched_at", "id", "instance_id", "want"),
    "items_by_attempts": ("attempts", "id", "instance_id", "want"),
    "items_by_turn": ("eligible_at", "id", "instance_id", "want"),
}
NULLABLE = {"series_id", "season", "episode", "aired_at", "searched_at", "eligible_at"}
# SQLite weighs an index by how its rows are spread, and guesses where nobody has told it.
LEARN = ("PRAGMA analysis_limit = 1000", "ANALYZE items", "PRAGMA analysis_limit = 0")


def up(migrator, db):
    is_server = db.param == "%s"
    db.execute_sql("DROP INDEX items_by_title")
    for name, columns in INDEXES.items():
        # SQLite refuses these words in an index, and sorts NULL first by itself.
        told = [
            column + " NULLS FIRST" * (is_server and column in NULLABLE) for column in columns
        ]
        db.execute_sql(f"CREATE INDEX {name} ON items (reason, {', '.join(told)})")
    for statement in () if is_server else LEARN:
        db.execute_sql(statement)
