"""Roll-ups of what searches brought, updated with each search, so that no page reads them all."""

from datetime import date, timedelta
from typing import Any

from peewee import EXCLUDED, BooleanField, IntegerField, TextField

from models.database.fields import Table
from models.household import Household
from models.searches import Search
from models.yields.keys import day_number, household_day, keys_of, periods_of

OUTCOME_COLUMNS = ("grabbed", "nothing", "no_indexer", "failed", "unknown")
# A download that failed is not a search that failed.
FATE_COLUMNS = {
    "imported": "imported",
    "failed": "import_failed",
    "ignored": "import_ignored",
}
COLUMNS = (*OUTCOME_COLUMNS, *FATE_COLUMNS.values())
DAYS_KEPT = timedelta(days=100)
FIRST_DAY = 10_000_000


class Yield(Table):
    """The outcomes of the searches of one period under one key.

    `period` is a day (20260504), a month (202605), or 0 for all time, in the household's zone.
    """

    demo = BooleanField()
    dimension = TextField()
    period = IntegerField()
    key = TextField()
    name = TextField(default="")
    grabbed = IntegerField(default=0)
    nothing = IntegerField(default=0)
    no_indexer = IntegerField(default=0)
    failed = IntegerField(default=0)
    unknown = IntegerField(default=0)
    imported = IntegerField(default=0)
    import_failed = IntegerField(default=0)
    import_ignored = IntegerField(default=0)

    class Meta:
        table_name = "yields"
        indexes = ((("demo", "dimension", "period", "key"), True),)

    @classmethod
    def count_outcome(cls, search: Search) -> None:
        """Counts a search once, and a trial never, as it could bring nothing.

        Call inside the transaction that writes its outcome.
        """
        if search.is_trial or search.counted_day is not None:
            return
        search.change(
            counted_day=day_number(household_day(search.created_at, Household.current())),
            counted_queue=search.queue_id,
            counted_instance=search.instance_id,
        )
        cls._add(search, {search.outcome: 1}, named=True)

    @classmethod
    def count_fate(cls, search: Search, before: str | None) -> None:
        """Counts a new fate under the search's keys, and takes back the one `before`.

        Call inside the transaction that writes `search.fate`.
        """
        if search.counted_day is None or search.fate == before:
            return
        steps = ((before, -1), (search.fate, 1))
        cls._add(search, {FATE_COLUMNS[fate]: step for fate, step in steps if fate})

    @classmethod
    def forget_days(cls, today: date) -> int:
        """Deletes days that no page shows any more, but not their months; returns how many rows."""
        oldest = day_number(today - DAYS_KEPT)
        return cls.delete().where(cls.period.between(FIRST_DAY, oldest - 1)).execute()

    @classmethod
    def _add(cls, search: Search, steps: dict[str, int], *, named: bool = False) -> None:
        """Adds to all rows of a search.

        `named` also writes their names; an old search must not, as it knows names of its time.
        """
        rows: list[dict[str, Any]] = [
            {"demo": search.demo, "period": period, **key._asdict(), **steps}
            for key in keys_of(search)
            for period in periods_of(search.counted_day)
        ]
        sums = {column: getattr(cls, column) + getattr(EXCLUDED, column) for column in steps}
        cls.insert_many(rows).on_conflict(
            conflict_target=[cls.demo, cls.dimension, cls.period, cls.key],
            update=sums | ({"name": EXCLUDED.name} if named else {}),
        ).execute()
