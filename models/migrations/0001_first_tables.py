"""The first tables."""

from peewee import BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField, Model
from playhouse.sqlite_ext import AutoIncrementField

PARTIAL_INDEXES = (
    "CREATE INDEX items_due ON items"
    " (instance_id, want, searched_at, random_key, id) WHERE reason = 0",
    "CREATE INDEX items_waiting ON items (eligible_at) WHERE eligible_at IS NOT NULL",
    "CREATE UNIQUE INDEX runs_one_active ON runs (queue_id) WHERE state = 'active'",
    "CREATE INDEX searches_undone ON searches (state) WHERE state IN ('sending', 'sent')",
)


def up(migrator, db):
    class Instance(Model):
        id = AutoIncrementField()
        name = TextField()
        key = TextField(unique=True)
        application = TextField()
        demo = BooleanField(default=False)
        url = TextField()
        browser_url = TextField(null=True)
        api_key = TextField()
        verify_tls = BooleanField(default=True)
        hourly_budget = IntegerField(default=10)
        daily_budget = IntegerField(default=100)
        spacing_seconds = IntegerField(default=30)
        download_limit = IntegerField(default=20)
        free_space_gb = IntegerField(default=10)
        created_at = BigIntegerField()
        disabled_at = BigIntegerField(null=True)
        version = TextField(null=True)
        instance_name = TextField(null=True)
        checked_at = BigIntegerField(null=True)
        fault_code = TextField(null=True)
        fault = TextField(null=True)
        faulty_since = BigIntegerField(null=True)
        failures = IntegerField(default=0)
        retry_at = BigIntegerField(null=True)
        good_probes = IntegerField(default=0)
        clock_ahead_ms = IntegerField(default=0)
        conditions_at = BigIntegerField(null=True)
        no_indexer = TextField(null=True)
        downloads = IntegerField(null=True)
        full_disk = TextField(null=True)
        syncing_since = BigIntegerField(null=True)
        sync_read = IntegerField(default=0)
        sync_total = IntegerField(default=0)
        sync_note = TextField(default="")
        synced_at = BigIntegerField(null=True)
        looked_at = BigIntegerField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "instances"

    db.create_tables([Instance])

    class Drift(Model):
        id = AutoIncrementField()
        instance = ForeignKeyField(Instance, on_delete="CASCADE")
        at = BigIntegerField()
        sentence = TextField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "drifts"

    db.create_tables([Drift])

    class User(Model):
        id = AutoIncrementField()
        name = TextField()
        key = TextField(unique=True)
        password_hash = TextField()
        role = TextField()
        time_zone = TextField()
        created_at = BigIntegerField()
        disabled_at = BigIntegerField(null=True)
        signed_in_at = BigIntegerField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "users"

    db.create_tables([User])

    class Exclusion(Model):
        id = AutoIncrementField()
        instance = ForeignKeyField(Instance, on_delete="CASCADE")
        user = ForeignKeyField(User, null=True, on_delete="SET NULL")
        kind = TextField()
        arr_id = IntegerField()
        season = IntegerField(null=True)
        title = TextField()
        note = TextField(default="")
        created_at = BigIntegerField()
        until = BigIntegerField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "exclusions"

    db.create_tables([Exclusion])

    class House(Model):
        id = AutoIncrementField()
        time_zone = TextField(default="UTC")
        pepper = TextField()
        held_at = BigIntegerField(null=True)
        hourly_budget = IntegerField(default=20)
        daily_budget = IntegerField(default=400)
        missing_cooldown_days = IntegerField(default=7)
        upgrade_cooldown_days = IntegerField(default=14)
        recent_cooldown_hours = IntegerField(default=12)
        recent_days = IntegerField(default=14)
        longest_cooldown_days = IntegerField(default=60)
        failed_cooldown_days = IntegerField(default=1)
        grace_hours = IntegerField(default=6)
        created_at = BigIntegerField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "settings"

    db.create_tables([House])

    class Item(Model):
        id = AutoIncrementField()
        instance = ForeignKeyField(Instance, on_delete="CASCADE", index=False)
        arr_id = IntegerField()
        want = TextField()
        external_id = IntegerField(null=True)
        title = TextField()
        sort_title = TextField()
        series_id = IntegerField(null=True)
        series_title = TextField(null=True)
        season = IntegerField(null=True)
        episode = IntegerField(null=True)
        year = IntegerField(null=True)
        aired_at = BigIntegerField(null=True)
        available = BooleanField()
        monitored = BooleanField()
        profile_id = IntegerField(null=True)
        root_folder = TextField(null=True)
        series_status = TextField(null=True)
        series_type = TextField(null=True)
        tag_mask = BigIntegerField(default=0)
        slug = TextField()
        arr_searched_at = BigIntegerField(null=True)
        first_seen_at = BigIntegerField()
        left_at = BigIntegerField(null=True)
        searched_at = BigIntegerField(null=True)
        cooldown_until = BigIntegerField(null=True)
        excluded_until = BigIntegerField(null=True)
        downloading = BooleanField(default=False)
        streak = IntegerField(default=0)
        attempts = IntegerField(default=0)
        random_key = IntegerField()
        reason = IntegerField()
        reason_at = BigIntegerField()
        eligible_at = BigIntegerField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "items"
            indexes = (
                (("instance", "arr_id"), True),
                (("instance", "want", "reason"), False),
                (("instance", "series_id", "season"), False),
            )

    db.create_tables([Item])

    class Queue(Model):
        id = AutoIncrementField()
        owner = ForeignKeyField(User, on_delete="RESTRICT")
        name = TextField()
        key = TextField(unique=True)
        strategy = TextField()
        batch_size = IntegerField()
        order = TextField(default="least_recent", column_name="item_order")
        packs = TextField(default="never")
        recent_days = IntegerField(default=14)
        filters = TextField(default="{}")
        weight = IntegerField(default=1)
        every_minutes = IntegerField()
        created_at = BigIntegerField()
        started_at = BigIntegerField(null=True)
        paused_at = BigIntegerField(null=True)
        next_run_at = BigIntegerField(index=True, null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "queues"

    db.create_tables([Queue])

    class QueueInstance(Model):
        id = AutoIncrementField()
        queue = ForeignKeyField(Queue, on_delete="CASCADE")
        instance = ForeignKeyField(Instance, on_delete="CASCADE")

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "queue_instances"
            indexes = ((("queue", "instance"), True),)

    db.create_tables([QueueInstance])

    class Run(Model):
        id = AutoIncrementField()
        queue = ForeignKeyField(Queue, null=True, on_delete="SET NULL")
        queue_name = TextField()
        trigger = TextField()
        started_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        ignores_cooldown = BooleanField(default=False)
        state = TextField(default="active")
        step = TextField(default="")
        note = TextField(default="")
        planned = IntegerField(default=0)
        started_at = BigIntegerField(index=True)
        next_search_at = BigIntegerField(null=True)
        finished_at = BigIntegerField(null=True)
        stop_asked_at = BigIntegerField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "runs"

    db.create_tables([Run])

    class Search(Model):
        id = AutoIncrementField()
        run = ForeignKeyField(Run, null=True, on_delete="SET NULL")
        queue = ForeignKeyField(Queue, null=True, on_delete="SET NULL")
        instance = ForeignKeyField(Instance, null=True, on_delete="SET NULL")
        queue_name = TextField()
        instance_name = TextField()
        demo = BooleanField()
        kind = TextField()
        want = TextField()
        title = TextField()
        link = TextField(null=True)
        cost = IntegerField(default=1)
        attempt = IntegerField()
        age_days = IntegerField(null=True)
        state = TextField(default="sending")
        outcome = TextField(null=True)
        message = TextField(default="")
        release = TextField(null=True)
        indexer = TextField(null=True)
        command_id = IntegerField(null=True)
        created_at = BigIntegerField()
        sent_at = BigIntegerField(null=True)
        began_at = IntegerField(null=True)
        finished_at = BigIntegerField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "searches"
            indexes = (
                (("instance", "created_at"), False),
                (("demo", "created_at"), False),
                (("queue", "created_at"), False),
                (("outcome", "created_at"), False),
                (("created_at",), False),
            )

    db.create_tables([Search])

    class SearchItem(Model):
        id = AutoIncrementField()
        search = ForeignKeyField(Search, on_delete="CASCADE")
        item = ForeignKeyField(Item, on_delete="CASCADE")

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "search_items"
            indexes = ((("search", "item"), True),)

    db.create_tables([SearchItem])

    class Season(Model):
        id = AutoIncrementField()
        instance = ForeignKeyField(Instance, on_delete="CASCADE")
        series_id = IntegerField()
        number = IntegerField()
        monitored_episodes = IntegerField(default=0)
        ended = BooleanField(default=False)
        last_kind = TextField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "seasons"
            indexes = ((("instance", "series_id", "number"), True),)

    db.create_tables([Season])

    class Session(Model):
        id = AutoIncrementField()
        id_hash = TextField(unique=True)
        user = ForeignKeyField(User, on_delete="CASCADE")
        created_at = BigIntegerField()
        seen_at = BigIntegerField()
        address = TextField()
        agent = TextField()
        flash = TextField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "sessions"

    db.create_tables([Session])

    class Snapshot(Model):
        id = AutoIncrementField()
        instance = ForeignKeyField(Instance, on_delete="CASCADE")
        kind = TextField()
        arr_id = IntegerField()
        name = TextField()
        fingerprint = TextField()
        bit = IntegerField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "snapshots"
            indexes = ((("instance", "kind", "arr_id"), True),)

    db.create_tables([Snapshot])

    class Tally(Model):
        id = AutoIncrementField()
        instance = ForeignKeyField(Instance, on_delete="CASCADE")
        want = TextField()
        reason = IntegerField()
        items = IntegerField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "tallies"
            indexes = ((("instance", "want", "reason"), True),)

    db.create_tables([Tally])

    class Throttle(Model):
        id = AutoIncrementField()
        key = TextField(unique=True)
        failures = IntegerField(default=0)
        blocked_until = BigIntegerField(null=True)
        failed_at = BigIntegerField(index=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "throttles"

    db.create_tables([Throttle])

    class WantedList(Model):
        id = AutoIncrementField()
        instance = ForeignKeyField(Instance, on_delete="CASCADE")
        want = TextField()
        total = IntegerField(default=0)
        looked_at = BigIntegerField(null=True)
        synced_at = BigIntegerField(null=True)
        empty_since = BigIntegerField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "wanted_lists"
            indexes = ((("instance", "want"), True),)

    db.create_tables([WantedList])

    for statement in PARTIAL_INDEXES:
        db.execute_sql(statement)
