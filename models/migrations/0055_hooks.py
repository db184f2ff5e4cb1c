"""Webhooks of instances."""

from peewee import BigIntegerField, ForeignKeyField, Model, TextField

from models.database.fields import NumberField


def up(migrator, db):
    class Instance(Model):
        class Meta:
            database = db
            legacy_table_names = False
            table_name = "instances"

    class Hook(Model):
        id = NumberField()
        instance = ForeignKeyField(Instance, unique=True, on_delete="CASCADE")
        token_hash = TextField(unique=True)
        address = TextField(null=True)
        created_at = BigIntegerField()
        heard_at = BigIntegerField(null=True)
        strange_at = BigIntegerField(null=True)
        lists_at = BigIntegerField(null=True)
        state_at = BigIntegerField(null=True)
        followed_at = BigIntegerField(null=True)
        health_at = BigIntegerField(null=True)
        proved_at = BigIntegerField(null=True)
        fault = TextField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "hooks"

    db.create_tables([Hook])
