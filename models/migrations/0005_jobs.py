"""The jobs that the house does by itself, and how long history is kept."""

from peewee import BigIntegerField, ForeignKeyField, IntegerField, Model, TextField
from playhouse.sqlite_ext import AutoIncrementField

ONE_ACTIVE = "CREATE UNIQUE INDEX job_runs_one_active ON job_runs (job_id) WHERE outcome IS NULL"


def up(migrator, db):
    class Job(Model):
        id = AutoIncrementField()
        name = TextField(unique=True)
        created_at = BigIntegerField()
        next_at = BigIntegerField(null=True)
        failures = IntegerField(default=0)
        fault = TextField(null=True)
        faulty_since = BigIntegerField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "jobs"

    class JobRun(Model):
        id = AutoIncrementField()
        job = ForeignKeyField(Job, on_delete="CASCADE")
        trigger = TextField()
        started_at = BigIntegerField()
        finished_at = BigIntegerField(null=True)
        took_ms = IntegerField(null=True)
        outcome = TextField(null=True)
        sentence = TextField(default="")

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "job_runs"

    db.create_tables([Job, JobRun])
    db.execute_sql(ONE_ACTIVE)
    migrator.migrate(migrator.add_column("settings", "history_days", IntegerField(default=365)))
