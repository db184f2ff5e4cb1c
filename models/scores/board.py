"""The scores of one instance, as its page shows them."""

from typing import NamedTuple

from models.backlog import Item
from models.instances import Instance
from models.scores import FileScore, ScoreChange
from models.scores.profiles import ScoreProfile
from models.scores.shelves import ScoreScan

# An instance may have thousands of profiles; these have the most files.
MOST_PROFILES = 8
MOST_CHANGES = 5


class ScoreBoard(NamedTuple):
    """What is known of an instance's scores.

    `profiles` are those whose files are scanned, with the most files first; `more` others follow.
    `forbidding` are names of profiles that allow no upgrades, `aimless` of those without a cutoff
    score; their files are not scanned.
    """

    scan: ScoreScan | None
    profiles: list[ScoreProfile]
    more: int
    forbidding: list[str]
    aimless: list[str]
    changes: list[ScoreChange]

    @classmethod
    def of(cls, instance: Instance) -> "ScoreBoard":
        known = ScoreProfile.of(instance)
        scanned = sorted((each for each in known if each.is_scanned), key=lambda each: -each.files)
        others = [each for each in known if not each.is_scanned]
        return cls(
            ScoreScan.get_or_none(ScoreScan.instance == instance),
            scanned[:MOST_PROFILES],
            len(scanned[MOST_PROFILES:]),
            [each.name for each in others if not each.upgrades][:MOST_PROFILES],
            [each.name for each in others if each.upgrades][:MOST_PROFILES],
            ScoreChange.latest(instance, MOST_CHANGES),
        )

    @property
    def facts(self) -> tuple[object, ...]:
        """What a page shows of it, for the version of the page."""
        scan = self.scan.__data__ if self.scan else None
        return scan, [each.__data__ for each in self.profiles], [each.id for each in self.changes]


class ItemScore(NamedTuple):
    """The score of an item's file now, its profile's cutoff, and the most that can be had."""

    now: int
    cutoff: int
    reach: int

    @classmethod
    def of(cls, item: Item) -> "ItemScore | None":
        """The score as last read; None for an item without a file, or not scanned yet."""
        file = FileScore.of(item.instance_id, item.arr_id)
        if file is None:
            return None
        profile = ScoreProfile.get_or_none(
            ScoreProfile.instance == item.instance_id, ScoreProfile.arr_id == file.profile_id
        )
        return cls(file.score, profile.cutoff_score, profile.reach) if profile else None
