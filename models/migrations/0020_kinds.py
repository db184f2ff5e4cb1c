"""Items carry their kind, and searches their application; one word for a single item's exclusion."""

STATEMENTS = (
    "ALTER TABLE items ADD COLUMN kind TEXT NOT NULL DEFAULT 'episode'",
    "UPDATE items SET kind = 'movie'"
    " WHERE instance_id IN (SELECT id FROM instances WHERE application = 'radarr')",
    "ALTER TABLE searches ADD COLUMN application TEXT NOT NULL DEFAULT 'sonarr'",
    "UPDATE searches SET application = 'radarr' WHERE kind = 'movie'",
    "UPDATE exclusions SET kind = 'item' WHERE kind = 'movie'",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
