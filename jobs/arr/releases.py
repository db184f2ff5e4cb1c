"""What an instance answers when it is asked for releases: an interactive search.

Keys and addresses in it (guid, downloadUrl, magnetUrl, infoUrl, commentUrl) are never decoded.
"""

from collections.abc import Iterable
from typing import Annotated, NamedTuple

import msgspec

from jobs.arr.decoding import Int, told
from jobs.arr.replies import ArrReply, Bytes
from models.trials import APPROVED, LATER, REJECTED, Counts, Offered

# Releases that are kept of one answer, and reasons and custom formats of one release.
MOST_KEPT = 100
MOST_REASONS = 6
MOST_FORMATS = 20
LONGEST_FORMATS = 300
MOST_MINUTES = 2**31 - 1
Number = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]


class NamedReply(ArrReply):
    name: str | None = None


class QualityReply(ArrReply):
    quality: NamedReply | None = None


class RejectionReply(ArrReply):
    reason: str | None = None


class ReleaseReply(ArrReply):
    """A release; servers of today write rejections as texts, older ones as objects."""

    title: str | None = None
    quality: QualityReply | None = None
    custom_formats: list[NamedReply] | None = None
    custom_format_score: Int | None = None
    size: Bytes | None = None
    age_minutes: Number | None = None
    indexer: str | None = None
    seeders: Int | None = None
    approved: bool | None = None
    temporarily_rejected: bool | None = None
    rejected: bool | None = None
    download_allowed: bool | None = None
    rejections: list[str | RejectionReply] | None = None


class OfferList(NamedTuple):
    """The releases that are kept of an answer, in its order, and the counts of all of them."""

    offers: list[Offered]
    counts: Counts


class Gathering:
    """Keeps the first releases of a long answer, and the one that a search would take."""

    def __init__(self) -> None:
        self._kept: list[Offered] = []
        self._total = self._approved = 0
        self._has_choice = False

    def add(self, replies: Iterable[ReleaseReply], malformed: int) -> None:
        self._total += malformed
        for reply in replies:
            self._total += 1
            allowed = bool(reply.approved) and reply.download_allowed is not False
            self._approved += allowed
            is_taken = allowed and not self._has_choice
            if len(self._kept) < MOST_KEPT or is_taken:
                self._kept.append(offered(reply, is_taken=is_taken))
            self._has_choice = self._has_choice or allowed

    def answer(self) -> OfferList:
        return OfferList(self._kept, Counts(self._total, self._approved))


def offered(reply: ReleaseReply, *, is_taken: bool) -> Offered:
    formats = [told(each.name) for each in (reply.custom_formats or [])[:MOST_FORMATS]]
    quality = reply.quality.quality if reply.quality else None
    minutes, size = reply.age_minutes, reply.size
    return Offered(
        release=told(reply.title),
        quality=told(quality.name if quality else ""),
        formats=", ".join(filter(None, formats))[:LONGEST_FORMATS],
        score=reply.custom_format_score,
        size=size if size and size > 0 else None,
        age_minutes=None if minutes is None else max(0, min(int(minutes), MOST_MINUTES)),
        indexer=told(reply.indexer),
        seeders=reply.seeders,
        state=_state(reply),
        is_taken=is_taken,
        rejections="\n".join(_reasons(reply)),
    )


def _state(reply: ReleaseReply) -> str:
    if reply.approved:
        return APPROVED
    return LATER if reply.temporarily_rejected else REJECTED


def _reasons(reply: ReleaseReply) -> Iterable[str]:
    for each in (reply.rejections or [])[:MOST_REASONS]:
        if reason := told(each if isinstance(each, str) else each.reason):
            yield reason
