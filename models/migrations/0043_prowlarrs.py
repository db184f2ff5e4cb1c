"""Prowlarrs, their indexers, which indexers of instances they are, and what was asked of them."""

from peewee import (
    SQL,
    BigIntegerField,
    BooleanField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

from models.database.fields import NumberField


def up(migrator, db):
    class Base(Model):
        id = NumberField()

        class Meta:
            database = db
            legacy_table_names = False

    class Instance(Base):
        class Meta:
            table_name = "instances"

    class Search(Base):
        class Meta:
            table_name = "searches"

    class Prowlarr(Base):
        name = TextField()
        key = TextField(unique=True)
        demo = BooleanField()
        url = TextField()
        api_key = TextField()
        verify_tls = BooleanField()
        created_at = BigIntegerField()
        version = TextField(null=True)
        clock_ahead_ms = BigIntegerField()
        fault_code = TextField(null=True)
        fault = TextField(null=True)
        faulty_since = BigIntegerField(null=True)
        failures = IntegerField(constraints=[SQL("DEFAULT 0")])
        retry_at = BigIntegerField(null=True)
        listed_at = BigIntegerField(null=True)
        read_at = BigIntegerField(null=True)

        class Meta:
            table_name = "prowlarrs"

    class Indexer(Base):
        prowlarr = ForeignKeyField(Prowlarr, on_delete="CASCADE", index=False)
        number = IntegerField()
        name = TextField()
        is_enabled = BooleanField()
        query_limit = IntegerField(null=True)
        grab_limit = IntegerField(null=True)
        is_hourly = BooleanField()
        blocked_until = BigIntegerField(null=True)

        class Meta:
            table_name = "indexers"
            indexes = ((("prowlarr", "number"), True),)

    class IndexerLink(Base):
        instance = ForeignKeyField(Instance, on_delete="CASCADE", index=False)
        arr_id = IntegerField()
        name = TextField()
        automatic = BooleanField()
        place = TextField(null=True)
        number = IntegerField(null=True)

        class Meta:
            table_name = "indexer_links"
            indexes = ((("instance", "arr_id"), True),)

    class IndexerRequest(Base):
        indexer = ForeignKeyField(Indexer, on_delete="CASCADE", index=False)
        number = IntegerField()
        kind = TextField()
        at = BigIntegerField()
        source = TextField()
        successful = BooleanField()
        results = IntegerField()
        took_ms = BigIntegerField()
        season = IntegerField(null=True)
        episode = IntegerField(null=True)
        search = ForeignKeyField(Search, null=True, on_delete="SET NULL")
        is_ambiguous = BooleanField(constraints=[SQL("DEFAULT FALSE")])

        class Meta:
            table_name = "indexer_requests"
            indexes = ((("indexer", "at", "number"), True),)

    db.create_tables([Prowlarr, Indexer, IndexerLink, IndexerRequest])
    if db.is_server:
        # Compared by its bytes, as in the file.
        db.execute_sql('ALTER TABLE prowlarrs ALTER COLUMN "key" TYPE TEXT COLLATE "C"')
