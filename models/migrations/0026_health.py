"""How instances answered by the half hour, their tightest root folder, and their last error."""

from peewee import BigIntegerField, ForeignKeyField, IntegerField, Model

from models.database.fields import NumberField


def up(migrator, db):
    class Instance(Model):
        id = NumberField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "instances"

    class HalfHour(Model):
        id = NumberField()
        instance = ForeignKeyField(Instance, on_delete="CASCADE", index=False)
        at = BigIntegerField()
        answered = IntegerField(default=0)
        slow = IntegerField(default=0)
        silent = IntegerField(default=0)
        waited = IntegerField(default=0)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "health"
            indexes = ((("instance", "at"), True),)

    db.create_tables([HalfHour])
    db.execute_sql("ALTER TABLE instances ADD COLUMN tight_folder TEXT")
    db.execute_sql("ALTER TABLE instances ADD COLUMN last_error TEXT")
    # SQLite calls such a column INTEGER, and a server BIGINT.
    for name in ("tight_free", "last_error_at"):
        migrator.migrate(migrator.add_column("instances", name, BigIntegerField(null=True)))
