"""Second factors, their recovery codes, and sign-ins that wait for a code."""

from peewee import BigIntegerField, ForeignKeyField, IntegerField, Model, TextField
from playhouse.sqlite_ext import AutoIncrementField


def up(migrator, db):
    class Base(Model):
        id = AutoIncrementField()

        class Meta:
            database = db
            legacy_table_names = False

    class User(Base):
        class Meta:
            table_name = "users"

    class SecondFactor(Base):
        user = ForeignKeyField(User, unique=True, on_delete="CASCADE")
        secret = TextField()
        begun_at = BigIntegerField()
        confirmed_at = BigIntegerField(null=True)
        last_step = IntegerField(default=0)

        class Meta:
            table_name = "second_factors"

    class RecoveryCode(Base):
        user = ForeignKeyField(User, on_delete="CASCADE")
        code_hash = TextField(unique=True)

        class Meta:
            table_name = "recovery_codes"

    class HalfSignIn(Base):
        visitor_hash = TextField(unique=True)
        user = ForeignKeyField(User, on_delete="CASCADE")
        address = TextField()
        began_at = BigIntegerField()

        class Meta:
            table_name = "half_sign_ins"

    db.create_tables([SecondFactor, RecoveryCode, HalfSignIn])
