"""The filters of the history that people keep, and an index of runs that searched nothing."""

from peewee import BigIntegerField, ForeignKeyField, Model, TextField

from models.database.fields import NumberField


def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            legacy_table_names = False
            table_name = "users"

    class SavedView(Model):
        id = NumberField()
        user = ForeignKeyField(User, on_delete="CASCADE")
        name = TextField()
        key = TextField()
        filters = TextField()
        created_at = BigIntegerField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "saved_views"
            indexes = ((("user", "key"), True),)

    db.create_tables([SavedView])
    if db.is_server:
        # Compared by its bytes, as in the file.
        db.execute_sql('ALTER TABLE saved_views ALTER COLUMN "key" TYPE TEXT COLLATE "C"')
    db.execute_sql(
        "CREATE INDEX runs_idle ON runs (started_at) WHERE planned = 0 OR state = 'held'"
    )
