"""The backlog: our mirror of the wanted lists, one row an item, kept when it leaves its list."""

from typing import Any, NamedTuple

from peewee import (
    SQL,
    BooleanField,
    ForeignKeyField,
    IntegerField,
    TextField,
    fn,
)

from models.applications import kind_named
from models.backlog.eligibility import LOOKED_AT, Facts, Policy, Reason, decide, early_at
from models.database import database
from models.database.fields import NamedField, Table, UtcField, from_ms
from models.database.locks import Lock
from models.instances import Instance

# A bound parameter would keep SQLite from using the partial index.
NO_REASON = SQL(str(int(Reason.ELIGIBLE)))


class ReasonField(IntegerField):
    """A reason, stored as its number."""

    def python_value(self, value: int | None) -> Reason | None:
        return None if value is None else Reason(value)


class Entry(NamedTuple):
    """One record of a wanted list, the same for every application; moments are epoch ms UTC.

    `external_id` is the episode's tvdbId or the movie's tmdbId.
    `aired_at` is Sonarr's airDateUtc, or a movie's `home_release_at`, or 90 days after cinemas.
    `home_release_at` is the earlier of a movie's digital and physical release.
    `available` is Radarr's isAvailable.
    `arr_searched_at` is lastSearchTime.
    `gap` is by how much its file's score is below the best one seen, if wanted for its score.
    """

    arr_id: int
    want: str
    external_id: int | None
    title: str
    sort_title: str
    series_id: int | None
    series_title: str | None
    season: int | None
    episode: int | None
    year: int | None
    aired_at: int | None
    available: bool
    monitored: bool
    profile_id: int | None
    root_folder: str | None
    series_status: str | None
    series_type: str | None
    tags: tuple[int, ...]
    slug: str
    arr_searched_at: int | None
    home_release_at: int | None = None
    gap: int | None = None


class Item(Table):
    """One thing that an instance wants.

    `kind` says what it is.
    `reason` and `eligible_at` are what the rules said last, and when that ends by itself.
    `early_at` is when a queue that does not wait for releases may search an unreleased movie.
    `arr_searched_told` is a lastSearchTime in the future; `arr_searched_at` is then its arrival.
    `unseen_at` is when a sync first missed it on its list; a second sync decides if it has left.
    `gap` is by how much its file's score is below the best one seen under its profile; from 0 down
    nothing better was ever seen. None unless the item is wanted for its score.
    `brought` is set once it has left: whether one of our searches was why.
    """

    instance = ForeignKeyField(Instance, backref="items", on_delete="CASCADE", index=False)
    arr_id = IntegerField()
    kind = NamedField(kind_named, constraints=[SQL("DEFAULT 'episode'")])
    want = TextField()
    external_id = IntegerField(null=True)
    title = TextField()
    sort_title = TextField()
    series_id = IntegerField(null=True)
    series_title = TextField(null=True)
    season = IntegerField(null=True)
    episode = IntegerField(null=True)
    year = IntegerField(null=True)
    aired_at = UtcField(null=True)
    home_release_at = UtcField(null=True)
    available = BooleanField()
    monitored = BooleanField()
    profile_id = IntegerField(null=True)
    root_folder = TextField(null=True)
    series_status = TextField(null=True)
    series_type = TextField(null=True)
    slug = TextField()
    gap = IntegerField(null=True)
    arr_searched_at = UtcField(null=True)
    arr_searched_told = UtcField(null=True)

    first_seen_at = UtcField()
    unseen_at = UtcField(null=True)
    left_at = UtcField(null=True)
    searched_at = UtcField(null=True)
    cooldown_until = UtcField(null=True)
    excluded_until = UtcField(null=True)
    downloading = BooleanField(default=False)
    streak = IntegerField(default=0)
    attempts = IntegerField(default=0)
    random_key = IntegerField()
    reason = ReasonField()
    reason_at = UtcField()
    eligible_at = UtcField(null=True)
    early_at = UtcField(null=True)
    brought = BooleanField(null=True)

    class Meta:
        table_name = "items"
        indexes = (
            (("instance", "arr_id"), True),
            (("instance", "want", "reason"), False),
            (("instance", "series_id", "season"), False),
            (("instance", "want", "first_seen_at"), False),
        )

    @property
    def label(self) -> str:
        """The item as people write it: "Low Water (2019)", "Quarry - 1x06 - The Frozen River"."""
        if self.kind.group:
            parts = (self.series_name, self.number, self.name)
            return " - ".join(part for part in parts if part)
        return f"{self.name} ({self.year})" if self.year else self.name

    @property
    def place(self) -> str:
        """Where it belongs: "Quarry, season 1, episode 6", "Movie of 2019"."""
        kind = self.kind
        if kind.group:
            number = "" if self.episode is None else f"{kind.name} {self.episode}"
            return ", ".join(part for part in (self.series_name, self.season_name, number) if part)
        return kind.name.capitalize() + (f" of {self.year}" if self.year else "")

    @property
    def name(self) -> str:
        return self.title or "Without a title"

    @property
    def series_name(self) -> str:
        """The group's title, or words for a group without a title."""
        return self.series_title or f"A {self.kind.group} without a title"

    @property
    def has_group(self) -> bool:
        """Whether its group is known: an instance may list an episode without its series."""
        return self.kind.group is not None and self.series_id is not None

    @property
    def has_season(self) -> bool:
        """Whether it can be searched or excluded with its whole season."""
        return self.kind.has_seasons and self.has_group and self.season is not None

    @property
    def season_label(self) -> str:
        """The season in words: "Quarry, season 1"."""
        return f"{self.series_name}, {self.season_name}"

    @property
    def season_name(self) -> str:
        """The season alone: "specials", "season 2", or "" if the instance does not say."""
        if self.season is None:
            return ""
        return "specials" if self.season == 0 else f"season {self.season}"

    @property
    def number(self) -> str:
        """The number in words: "1x06", or as much of it as the instance says."""
        if self.episode is None:
            return "a special" if self.season == 0 else self.season_name
        if self.season is None:
            return f"{self.kind.name} {self.episode}"
        return f"{self.season}x{self.episode:02d}"

    @property
    def link(self) -> str | None:
        return self.instance.page_of(self.slug)

    def facts(self) -> Facts:
        columns = Item._meta.fields
        return Facts.of({name: columns[name].db_value(getattr(self, name)) for name in LOOKED_AT})

    def judge(self, policy: Policy, now: int, **changes: Any) -> None:
        """Writes these changes, with the answer of the rules to them."""
        for name, value in changes.items():
            setattr(self, name, value)
        facts = self.facts()
        reason, until = decide(facts, policy, now)
        since = self.reason_at if reason == self.reason else from_ms(now)
        early = early_at(facts, policy, now)
        self.change(reason=reason, reason_at=since, eligible_at=until, early_at=early, **changes)


Item.add_index(
    Item.index(
        Item.instance,
        Item.want,
        Item.searched_at,
        Item.random_key,
        Item.id,
        name="items_due",
        where=Item.reason == NO_REASON,
    )
)
# How many items of each want the series of an instance have.
Item.add_index(
    Item.index(
        Item.instance,
        Item.want,
        Item.series_id,
        name="items_of_series",
        where=Item.reason != SQL(str(int(Reason.LEFT))),
    )
)
# The orders in which pages show the backlog. The last columns save reading the row.
Item.add_index(
    Item.index(
        Item.reason,
        Item.sort_title,
        Item.instance,
        Item.series_id,
        Item.season,
        Item.episode,
        Item.id,
        Item.want,
        name="items_by_title",
    )
)
for name, column in {
    "items_by_release": Item.aired_at,
    "items_by_search": Item.searched_at,
    "items_by_attempts": Item.attempts,
    "items_by_turn": Item.eligible_at,
}.items():
    Item.add_index(Item.index(Item.reason, column, Item.id, Item.instance, Item.want, name=name))
Item.add_index(
    Item.index(
        Item.eligible_at,
        name="items_waiting",
        where=Item.eligible_at.is_null(False),
    )
)


class Tally(Table):
    """How many items an instance has for each want and reason; counted once, read often."""

    instance = ForeignKeyField(Instance, backref="tallies", on_delete="CASCADE")
    want = TextField()
    reason = ReasonField()
    items = IntegerField()

    class Meta:
        table_name = "tallies"
        indexes = ((("instance", "want", "reason"), True),)

    @classmethod
    def by_instance(cls) -> dict[int, dict[tuple[str, Reason], int]]:
        """For each instance id, its items by want and reason, without items that have left."""
        found: dict[int, dict[tuple[str, Reason], int]] = {}
        for row in cls.select().where(cls.reason != Reason.LEFT):
            found.setdefault(row.instance_id, {})[row.want, row.reason] = row.items
        return found

    @classmethod
    def hold(cls, *instance_ids: int) -> None:
        """Keeps other replicas from changing these until the transaction ends."""
        for instance_id in sorted(instance_ids):
            database.lock_until_commit(Lock.TALLIES, instance_id)

    @classmethod
    def recount(cls, instance: Instance | int) -> None:
        """Counts one instance's items again, in a covering index: 3 ms at 50,000 items."""
        counts = (
            Item.select(Item.instance, Item.want, Item.reason, fn.COUNT(Item.id))
            .where(Item.instance == instance)
            .group_by(Item.instance, Item.want, Item.reason)
        )
        with database.atomic():
            cls.hold(instance if isinstance(instance, int) else instance.id)
            cls.delete().where(cls.instance == instance).execute()
            cls.insert_from(counts, [cls.instance, cls.want, cls.reason, cls.items]).execute()
