"""Custom formats of the demo servers, and the scores that their profiles give to files."""

from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

from jobs.demo import words
from jobs.demo.library import DemoItem, File

Document = dict[str, Any]


class DemoFormat(NamedTuple):
    """A custom format; `share` is how many of all files it matches, from 0 to 1."""

    id: int
    name: str
    share: float


class DemoScores(NamedTuple):
    """How a profile scores; `scores` are by the ids of formats, 0 for all others."""

    cutoff: int
    step: int
    scores: Mapping[int, int]


FORMATS = (
    DemoFormat(1, "Web tier 1", 0.25),
    DemoFormat(2, "Web tier 2", 0.4),
    DemoFormat(3, "Repack", 0.08),
    DemoFormat(4, "Lossless sound", 0.1),
    DemoFormat(5, "Re-encoded", 0.06),
)
NO_SCORES = DemoScores(0, 1, {})
# The first has a cutoff that no release can reach, as templates of profiles often have.
RULES = {
    4: DemoScores(10_000, 1, {1: 1700, 2: 1650, 3: 5, 5: -10_000}),
    5: DemoScores(1500, 10, {1: 1000, 2: 600, 3: 5, 4: 500, 5: -10_000}),
    6: DemoScores(600, 50, {1: 400, 2: 250, 3: 5}),
}


@lru_cache(maxsize=50_000)
def _matching(key: str) -> tuple[DemoFormat, ...]:
    rng = Random(key)
    return tuple(each for each in FORMATS if rng.random() < each.share)


def formats_of(item: DemoItem, group: str) -> tuple[DemoFormat, ...]:
    """What the item's releases by this group match: always the same."""
    return _matching(f"{item.id}:{group}")


def score_of(item: DemoItem, group: str) -> int:
    scores = rules_of(item.profile.id).scores
    return sum(scores.get(each.id, 0) for each in formats_of(item, group))


def better_groups(item: DemoItem) -> list[str]:
    """The groups whose releases the application would take for their score alone."""
    rules, file = rules_of(item.profile.id), item.file
    if file is None or item.upgradable or not item.profile.upgrade:
        return []
    now = score_of(item, file.group)
    if now >= rules.cutoff:
        return []
    return [group for group in words.GROUPS if score_of(item, group) >= now + rules.step]


def rules_of(profile_id: int) -> DemoScores:
    return RULES.get(profile_id, NO_SCORES)


def of_file(item: DemoItem, file: File) -> list[Document]:
    """The `customFormats` of a file: their names, without what they look for."""
    return of_group(item, file.group)


def of_group(item: DemoItem, group: str) -> list[Document]:
    return [_document(each) for each in formats_of(item, group)]


def of_profile(profile_id: int) -> Document:
    """The part of a profile that is about scores; it lists every format, also with 0."""
    rules = rules_of(profile_id)
    return {
        "minFormatScore": 0,
        "cutoffFormatScore": rules.cutoff,
        "minUpgradeFormatScore": rules.step,
        "formatItems": [
            {"format": each.id, "name": each.name, "score": rules.scores.get(each.id, 0)}
            for each in FORMATS
        ],
    }


def all_formats() -> list[Document]:
    return [_document(each) | {"specifications": []} for each in FORMATS]


def _document(one: DemoFormat) -> Document:
    return {"id": one.id, "name": one.name, "includeCustomFormatWhenRenaming": False}
