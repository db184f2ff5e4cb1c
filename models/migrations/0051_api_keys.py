"""API keys of people."""

from peewee import BigIntegerField, ForeignKeyField, Model, TextField

from models.database.fields import NumberField


def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            legacy_table_names = False
            table_name = "users"

    class ApiKey(Model):
        id = NumberField()
        user = ForeignKeyField(User, on_delete="CASCADE")
        name = TextField()
        key_hash = TextField(unique=True)
        scope = TextField()
        created_at = BigIntegerField()
        used_at = BigIntegerField(null=True)
        revoked_at = BigIntegerField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "api_keys"

    db.create_tables([ApiKey])
