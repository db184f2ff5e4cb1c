"""Invitations, themes, people without a password, and names that outlive their people."""

from peewee import BigIntegerField, ForeignKeyField, Model, TextField
from playhouse.sqlite_ext import AutoIncrementField

COLUMNS = {
    "users": {
        "theme": TextField(default="auto"),
        "password_changed_at": BigIntegerField(null=True),
    },
    "runs": {"started_by_name": TextField(default="")},
    "exclusions": {"decided_by": TextField(default="")},
}
NAMES = (
    "UPDATE runs SET started_by_name = (SELECT name FROM users WHERE id = started_by_id)"
    " WHERE started_by_id IS NOT NULL",
    "UPDATE exclusions SET decided_by = (SELECT name FROM users WHERE id = user_id)"
    " WHERE user_id IS NOT NULL",
)


def up(migrator, db):
    for table, columns in COLUMNS.items():
        for name, field in columns.items():
            migrator.migrate(migrator.add_column(table, name, field))
    migrator.migrate(migrator.drop_not_null("users", "password_hash"))
    for statement in NAMES:
        db.execute_sql(statement)

    class User(Model):
        id = AutoIncrementField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "users"

    class Invitation(Model):
        id = AutoIncrementField()
        token_hash = TextField(unique=True)
        invited_by = ForeignKeyField(User, on_delete="CASCADE")
        role = TextField()
        name = TextField(default="")
        created_at = BigIntegerField()
        expires_at = BigIntegerField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "invitations"

    db.create_tables([Invitation])
