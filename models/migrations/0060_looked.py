"""Gives searches that only looked, and were answered, an outcome of their own."""

# The messages of an answer; without one, the message is a fault's sentence. They are no part of
# the statement, where a server would take the % for a mark.
ANSWERS = ("Nothing was offered.", "% of them acceptable.")


def up(migrator, db):
    statement = (
        "UPDATE searches SET outcome = 'looked' WHERE is_trial AND outcome = 'unknown'"
        f" AND (message LIKE {db.param} OR message LIKE {db.param})"  # nosec B608 # our own marks
    )
    db.execute_sql(statement, ANSWERS)
