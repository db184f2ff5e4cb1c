"""A queue stands in the line of each instance by itself; what is new is counted by an index."""

STATEMENTS = (
    "ALTER TABLE queue_instances ADD COLUMN in_line INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE queues DROP COLUMN in_line",
    "ALTER TABLE queues DROP COLUMN next_cost",
    "CREATE INDEX items_instance_id_want_first_seen_at"
    " ON items (instance_id, want, first_seen_at)",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
