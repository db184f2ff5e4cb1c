"""Gives searches that only looked, and were answered, an outcome of their own."""

# The words of an answer; without one, the message is a fault's sentence.
ANSWERED = "message = 'Nothing was offered.' OR message LIKE '% of them acceptable.'"


def up(migrator, db):
    db.execute_sql(
        "UPDATE searches SET outcome = 'looked'"  # nosec B608 # our own words
        f" WHERE is_trial AND outcome = 'unknown' AND ({ANSWERED})"
    )
