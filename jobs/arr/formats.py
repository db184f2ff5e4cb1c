"""What custom formats and grabs tell of scores."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Annotated, cast

import msgspec

from jobs.arr.decoding import Id, moment
from jobs.arr.records import Profile, ScoredGrab
from jobs.arr.replies import ArrReply, FieldReply, HistoryReply


class SpecificationReply(ArrReply):
    """One thing that a custom format looks for; `fields` hold what it is."""

    implementation: str | None = None
    negate: bool | None = None
    required: bool | None = None
    fields: Annotated[tuple[FieldReply, ...], msgspec.Meta(max_length=100)] | None = None


class CustomFormatReply(ArrReply):
    id: Id
    specifications: (
        Annotated[tuple[SpecificationReply, ...], msgspec.Meta(max_length=5_000)] | None
    ) = None


def custom_format(reply: CustomFormatReply) -> tuple[int, str]:
    """Its id, and what stands for all that it looks for; names and labels are left out."""
    meant = [
        (
            each.implementation,
            each.negate is True,
            each.required is True,
            [(field.name, bytes(field.value)) for field in each.fields or ()],
        )
        for each in reply.specifications or ()
    ]
    return reply.id, _fingerprint(meant)


def way_to_score(profile: Profile, formats: Mapping[int, str]) -> str:
    """What stands for how the profile scores: its formats, with their scores and meanings."""
    return _fingerprint(sorted((*each, formats.get(each[0], "")) for each in profile.scores))


def _fingerprint(content: object) -> str:
    return sha256(repr(content).encode()).hexdigest()[:16]


def scored_grabs(replies: Iterable[HistoryReply]) -> list[ScoredGrab]:
    """Grabs whose score is told; those whose quality is below the cutoff are left out."""
    found = []
    for reply in replies:
        score, shelf = _score_of(reply), reply.shelf
        at = moment(reply.date)
        if reply.quality_cutoff_not_met is False and None not in (score, shelf, at):
            found.append(ScoredGrab(cast(int, shelf), cast(int, at), cast(int, score)))
    return found


def _score_of(reply: HistoryReply) -> int | None:
    """The release's score as it was grabbed; else as its name scores now."""
    told = reply.data.custom_format_score if reply.data else None
    if told and len(told) < 10 and told.removeprefix("-").isdecimal():
        return int(told)
    return reply.custom_format_score
