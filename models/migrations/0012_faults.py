"""Faults of instances, by what failed; and what a run left out, with the reasons."""

FAULTS = """
    CREATE TABLE faults (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        instance_id INTEGER NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        code TEXT NOT NULL,
        sentence TEXT NOT NULL,
        since INTEGER NOT NULL,
        failures INTEGER NOT NULL,
        good_probes INTEGER NOT NULL,
        retry_at INTEGER
    )
"""
# What failed was not written down before. A good probe clears it, as it did then.
KEPT = """
    INSERT INTO faults
        (instance_id, kind, code, sentence, since, failures, good_probes, retry_at)
    SELECT id, 'status', COALESCE(fault_code, ''), fault, COALESCE(faulty_since, created_at),
        max(failures, 1), good_probes, COALESCE(retry_at, created_at)
    FROM instances WHERE fault IS NOT NULL
"""


def up(migrator, db):
    db.execute_sql(FAULTS)
    db.execute_sql("CREATE INDEX faults_instance_id ON faults (instance_id)")
    db.execute_sql("CREATE UNIQUE INDEX faults_instance_id_kind ON faults (instance_id, kind)")
    db.execute_sql(KEPT)
    db.execute_sql("ALTER TABLE instances DROP COLUMN failures")
    db.execute_sql("ALTER TABLE instances DROP COLUMN good_probes")
    db.execute_sql("ALTER TABLE runs ADD COLUMN left_out TEXT NOT NULL DEFAULT ''")
