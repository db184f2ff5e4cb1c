"""The audit trail, which nothing can rewrite: the database itself refuses it."""

from peewee import BigIntegerField, IntegerField, Model, TextField
from playhouse.sqlite_ext import AutoIncrementField

REFUSALS = (
    "CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit"
    " WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail cannot be edited'); END",
    "CREATE TRIGGER audit_is_not_edited BEFORE UPDATE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail cannot be edited'); END",
    "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit"
    " WHEN OLD.at > (CAST(strftime('%s', 'now') AS INTEGER) - 90 * 86400) * 1000"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail is kept for 90 days'); END",
)


def up(migrator, db):
    class Event(Model):
        id = AutoIncrementField()
        at = BigIntegerField(index=True)
        user_id = IntegerField(null=True)
        name = TextField()
        address = TextField()
        action = TextField()
        about = TextField(default="")

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "audit"
            indexes = ((("action", "at"), False), (("user_id", "at"), False))

    db.create_tables([Event])
    for statement in REFUSALS:
        db.execute_sql(statement)
    migrator.migrate(migrator.add_column("settings", "audit_days", IntegerField(default=365)))
