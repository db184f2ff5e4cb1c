"""The targets as their page shows them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Self

from peewee import fn

from models.notifications import NoticeTarget
from models.notifications.kinds import KINDS, TargetKind
from models.notifications.outbox import Message, Notice


class TargetCard(NamedTuple):
    """A target, how it fares, and what waits for it.

    `waiting` counts what is told at once, `for_digest` what waits for the digest.
    `trying` is the message that was refused and is tried again.
    `lost` are the latest messages that did not get through for certain.
    `instances` are the names of those that it is told of; none for all.
    """

    target: NoticeTarget
    waiting: int
    for_digest: int
    trying: Message | None
    lost: list[Message]
    instances: list[str]

    @property
    def kind(self) -> TargetKind:
        return KINDS[self.target.kind]

    @property
    def at_once(self) -> int:
        return len(json.loads(self.target.at_once))

    @property
    def in_digest(self) -> int:
        return len(json.loads(self.target.digest))

    @classmethod
    def all(cls, names: Mapping[int, str], since: datetime) -> list[Self]:
        """`names` are those of the instances; messages lost before `since` are not shown."""
        counts = _counts()
        found = []
        for target in NoticeTarget.by_name():
            chosen = [names[each] for each in target.chosen if each in names]
            opened = Message.open_of(target)
            lost = [each for each in Message.lost(target) if each.ended_at > since]
            waiting, later = (counts.get((target.id, flag), 0) for flag in (False, True))
            trying = opened if opened and opened.fault else None
            found.append(cls(target, waiting, later, trying, lost, chosen))
        return found


def _counts() -> dict[tuple[int, bool], int]:
    rows = (
        Notice.select(Notice.target, Notice.in_digest, fn.COUNT(Notice.id))
        .where(Notice.message.is_null())
        .group_by(Notice.target, Notice.in_digest)
        .tuples()
    )
    return {(target, bool(later)): count for target, later, count in rows}
