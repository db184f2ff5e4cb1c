"""Quality profiles with their scores, and how many files stand where under each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from peewee import (
    EXCLUDED,
    SQL,
    BigIntegerField,
    BooleanField,
    Case,
    ForeignKeyField,
    IntegerField,
    TextField,
    fn,
)

from models.database import database
from models.database.fields import Table, UtcField
from models.database.selects import how_many
from models.instances import Instance
from models.scores import FileScore

NONE_YET = SQL("DEFAULT 0")
# The best score among so many files is what the indexers have to offer.
BELIEVED_FROM = 20
# What the column of gaps can hold.
WIDEST = 2**31 - 1


class Standing(StrEnum):
    """Where a file stands under its profile; only one that is below can be bettered."""

    AT = "at"
    BELOW = "below"
    OUT_OF_REACH = "out"
    QUALITY = "quality"


class Rules(NamedTuple):
    """What a profile says of scores.

    `upgrades` is whether it lets the application replace a file at all.
    `cutoff_score` is the score from which on a file is good enough.
    `least_step` is by how much a better release must score higher.
    `reach` is the sum of its positive scores: no release can score higher.
    `formats` stands for its custom formats, what each looks for, and their scores.
    """

    arr_id: int
    name: str
    upgrades: bool
    cutoff_score: int
    least_step: int
    reach: int
    formats: str = ""

    def counts_as(self, before: "Rules") -> bool:
        """Whether scores count as they did before; formats that were not known cannot differ."""
        formats = self.formats if before.formats else ""
        return self._replace(name="", formats=formats) == before._replace(name="")

    @property
    def is_scanned(self) -> bool:
        """Whether its files are asked for their scores: any of them could be below its cutoff."""
        return self.upgrades and self.cutoff_score > 0

    def standing(self, score: int, *, below_quality: bool) -> Standing:
        """Where a file of this score stands, by the rules of Sonarr 4.0.11 and Radarr 5.17.

        A file below the quality cutoff is on its wanted list, whatever its score.
        """
        if below_quality:
            return Standing.QUALITY
        if score >= self.cutoff_score:
            return Standing.AT
        out = score + self.least_step > self.reach
        return Standing.OUT_OF_REACH if out else Standing.BELOW


class ScoreProfile(Table):
    """A quality profile as of the last sync, and its files as of the last look at them.

    `best` is the highest score among its files of sufficient quality; None without one.
    `seen` is how many of those were read since its scores changed.
    `formats` stands for how it scores: its custom formats, what each looks for, and their scores.
    `learnt_since` is when any of that, or of the rules, changed last; None if it never did.
    `grabs` is how many releases of sufficient quality were grabbed under it since then.
    `best_grabbed` is the highest score among those; None without one.
    """

    believed_from: ClassVar[int] = BELIEVED_FROM

    instance = ForeignKeyField(Instance, backref="score_profiles", on_delete="CASCADE", index=False)
    arr_id = IntegerField()
    name = TextField()
    upgrades = BooleanField()
    cutoff_score = IntegerField()
    least_step = IntegerField()
    reach = BigIntegerField()
    at_cutoff = IntegerField(default=0, constraints=[NONE_YET])
    below = IntegerField(default=0, constraints=[NONE_YET])
    out_of_reach = IntegerField(default=0, constraints=[NONE_YET])
    below_quality = IntegerField(default=0, constraints=[NONE_YET])
    best = IntegerField(null=True)
    seen = IntegerField(default=0, constraints=[NONE_YET])
    formats = TextField(default="", constraints=[SQL("DEFAULT ''")])
    learnt_since = UtcField(null=True)
    grabs = IntegerField(default=0, constraints=[NONE_YET])
    best_grabbed = IntegerField(null=True)
    counted_at = UtcField(null=True)

    class Meta:
        table_name = "score_profiles"
        indexes = ((("instance", "arr_id"), True),)

    @classmethod
    def of(cls, instance: Instance | int) -> "list[ScoreProfile]":
        mine = cls.select().where(cls.instance == instance)
        return list(mine.order_by(fn.LOWER(cls.name), cls.id))

    @property
    def rules(self) -> Rules:
        return Rules(*(getattr(self, each) for each in Rules._fields))

    @property
    def is_scanned(self) -> bool:
        return self.rules.is_scanned

    @property
    def files(self) -> int:
        return self.at_cutoff + self.below + self.out_of_reach + self.below_quality

    @property
    def met(self) -> int:
        """How many scores the best one seen rests on: files and grabs of sufficient quality."""
        return self.seen + self.grabs

    @property
    def ceiling(self) -> int | None:
        """The best score of files and grabs; None while too few were seen to believe in it."""
        if self.met < BELIEVED_FROM:
            return None
        return max(each for each in (self.best, self.best_grabbed) if each is not None)

    def gap(self, score: int) -> int:
        """How far a score is below the best one seen, or below what can be reached at all."""
        ceiling = self.ceiling
        return min((self.reach if ceiling is None else ceiling) - score, WIDEST)

    @property
    def is_beyond_reach(self) -> bool:
        """Whether no release at all can get to its cutoff."""
        return self.cutoff_score > self.reach


def keep_rules(instance: Instance, told: Iterable[Rules], at: datetime) -> list[int]:
    """Keeps the profiles as a sync read them; returns the ids of those that have changed.

    What was the best score under a changed one is forgotten.
    """
    before = {row.arr_id: row.rules for row in ScoreProfile.of(instance)}
    now = {rules.arr_id: rules for rules in told}
    written = [rules for rules in now.values() if before.get(rules.arr_id) != rules]
    gone = before.keys() - now.keys()
    changed = [
        rules.arr_id
        for rules in written
        if rules.arr_id in before and not rules.counts_as(before[rules.arr_id])
    ]
    with database.atomic():
        _write(instance, written)
        theirs = (ScoreProfile.instance == instance) & ScoreProfile.arr_id.in_(changed)
        nothing = {"best": None, "seen": 0, "grabs": 0, "best_grabbed": None}
        ScoreProfile.update(learnt_since=at, **nothing).where(theirs).execute()
        if gone:
            mine = ScoreProfile.instance == instance
            ScoreProfile.delete().where(mine, ScoreProfile.arr_id.in_(list(gone))).execute()
    return changed


def _write(instance: Instance, written: list[Rules]) -> None:
    fields = ScoreProfile._meta.fields
    rows = [{"instance": instance.id, **rules._asdict()} for rules in written]
    if rows:
        ScoreProfile.insert_many(rows).on_conflict(
            conflict_target=[ScoreProfile.instance, ScoreProfile.arr_id],
            update={fields[each]: getattr(EXCLUDED, each) for each in Rules._fields[1:]},
        ).execute()


def count(instance_id: int) -> list[tuple[Any, ...]]:
    """For each profile its id, its files by standing, and what was seen; 35 ms at 50,000 files."""
    good = ~FileScore.below_quality
    fresh = good & ~FileScore.is_stale
    below_cutoff = good & (FileScore.score < ScoreProfile.cutoff_score)
    out = FileScore.score + ScoreProfile.least_step > ScoreProfile.reach
    best = fn.MAX(Case(None, [(fresh, FileScore.score)], None))
    rows = (
        FileScore.select(
            ScoreProfile.id,
            how_many(good & (FileScore.score >= ScoreProfile.cutoff_score)),
            how_many(below_cutoff & ~out),
            how_many(below_cutoff & out),
            how_many(FileScore.below_quality),
            best,
            how_many(fresh),
        )
        .join(
            ScoreProfile,
            on=(ScoreProfile.instance == FileScore.instance)
            & (ScoreProfile.arr_id == FileScore.profile_id),
        )
        .where(FileScore.instance == instance_id)
        .group_by(ScoreProfile.id)
    )
    return list(rows.tuples())


def keep_counts(instance: Instance, rows: list[tuple[Any, ...]], at: datetime) -> None:
    """Writes the counts; a profile without files has none."""
    counted = {row[0]: row[1:] for row in rows}
    names = ("at_cutoff", "below", "out_of_reach", "below_quality", "best", "seen")
    with database.atomic():
        for profile in ScoreProfile.of(instance):
            values = counted.get(profile.id, (0, 0, 0, 0, None, 0))
            profile.change(**dict(zip(names, values, strict=True)), counted_at=at)


def keep_grabs(instance: Instance, scores: Mapping[int, Sequence[tuple[datetime, int]]]) -> None:
    """Counts grabbed releases for the best score seen: when each was grabbed, and its score.

    `scores` are by the *arr id of the profile; those from before it changed count no more.
    """
    with database.atomic():
        for profile in ScoreProfile.of(instance):
            since = profile.learnt_since
            grabs = [
                score for at, score in scores.get(profile.arr_id, ()) if since is None or at > since
            ]
            if grabs:
                known = [] if profile.best_grabbed is None else [profile.best_grabbed]
                best = max([*grabs, *known])
                profile.change(grabs=profile.grabs + len(grabs), best_grabbed=best)
