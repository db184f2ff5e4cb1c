"""Items that are wanted for a better score, and queues of upgrades that take them, too."""


def up(migrator, db):
    kind = "BOOLEAN" if db.is_server else "INTEGER"
    db.execute_sql("ALTER TABLE items ADD COLUMN gap INTEGER")
    db.execute_sql(f"ALTER TABLE queues ADD COLUMN with_scores {kind} NOT NULL DEFAULT FALSE")
