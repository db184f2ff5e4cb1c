"""Which process carries out a run and a search, and only one undone search on an instance."""

# What a killed program may have left beside the latest one.
LEFT = """
    UPDATE searches SET state = 'done', outcome = 'unknown', finished_at = created_at,
        message = 'The program stopped before the outcome was known.'
    WHERE state IN ('sending', 'sent') AND instance_id IS NOT NULL AND id NOT IN (
        SELECT max(id) FROM searches WHERE state IN ('sending', 'sent') GROUP BY instance_id
    )
"""
ONE_UNDONE = (
    "CREATE UNIQUE INDEX searches_one_undone ON searches (instance_id)"
    " WHERE state IN ('sending', 'sent')"
)


def up(migrator, db):
    for statement in (
        "ALTER TABLE runs ADD COLUMN owner INTEGER",
        "ALTER TABLE searches ADD COLUMN owner INTEGER",
        LEFT,
        ONE_UNDONE,
    ):
        db.execute_sql(statement)
