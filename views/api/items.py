"""Items: what an instance wants, why it is searched or not, and a search of it now."""

from typing import Any, Literal

import msgspec
from pydantic import ValidationInfo, field_validator
from starlette.exceptions import HTTPException

from jobs.runs.by_hand import Asked, ask_for
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.browsing import ItemFilter
from models.browsing.walks import items_after
from models.database import database
from models.explain import Explanation, Turn, explain
from models.searches.entries import HistoryPlace
from views.api.answers import Link, Listed, Moment, Sentence, Title
from views.api.endpoints import Call, read, write
from views.api.exclusions import ExclusionAnswer, exclusion_answer
from views.api.paging import ListQuery, cursor_of
from views.api.searches import Id
from views.web.endpoint import clock
from views.web.limits import A_BACKLOG, AN_INSTANCE
from views.web.marks import IN_HISTORY

INSTANCE_TOO = "Name the instance of this series as well."
REASONS = {reason.name.lower(): reason for reason in Reason}


class ItemQuery(ListQuery):
    """Which items to list; what is left out filters nothing, but items that have left."""

    instance: Id = None
    want: Literal["", "missing", "upgrade", "score"] = ""
    reason: Literal[
        "",
        "eligible",
        "left",
        "unmonitored",
        "excluded",
        "unreleased",
        "downloading",
        "cooldown",
    ] = ""
    series: Id = None

    @field_validator("series")
    @classmethod
    def _of_an_instance(cls, series: int | None, others: ValidationInfo) -> int | None:
        if series is not None and others.data.get("instance") is None:
            raise ValueError(INSTANCE_TOO)
        return series

    @property
    def filter(self) -> ItemFilter:
        return ItemFilter(
            instance=self.instance,
            want=self.want or None,
            reason=REASONS.get(self.reason),
            series=self.series,
        )


class ItemAnswer(msgspec.Struct, frozen=True):
    """A thing that an instance wants; `title` says all of it, `arr_id` is the instance's number."""

    id: int
    instance: int
    arr_id: int
    kind: str
    want: str
    title: Title
    series: int | None
    series_title: Title
    season: int | None
    episode: int | None
    year: int | None
    link: Link
    monitored: bool
    aired_at: Moment | None
    first_seen_at: Moment
    left_at: Moment | None
    reason: str
    reason_at: Moment
    eligible_at: Moment | None
    searched_at: Moment | None
    cooldown_until: Moment | None
    attempts: int
    score_gap: int | None


class TurnAnswer(msgspec.Struct, frozen=True):
    """What one queue does with the item; `refusal` says why it never takes it.

    `seconds` is about how long until its turn; null where nobody knows.
    """

    queue: int
    queue_name: str
    refusal: Sentence
    place: int | None
    of: int | None
    seconds: int | None
    searched_together: int
    no_pack: Sentence


class WholeItemAnswer(msgspec.Struct, frozen=True):
    """An item, and why it is searched or not by the rules as they are now.

    `passed` are the rules that let it pass. `apart` says why a run now would leave it out.
    """

    item: ItemAnswer
    reason: str
    since: Moment | None
    until: Moment | None
    passed: list[str]
    is_from_elsewhere: bool
    cooldown_after_nothing_seconds: int
    apart: Sentence
    exclusions: list[ExclusionAnswer]
    turns: list[TurnAnswer]


class AskedAnswer(msgspec.Struct, frozen=True):
    """How far the search is that was asked for last; `note` says why nothing was sent."""

    is_waiting: bool
    is_searching: bool
    note: Sentence
    note_at: Moment | None


def item_answer(item: Item) -> ItemAnswer:
    return ItemAnswer(
        id=item.id,
        instance=item.instance_id,
        arr_id=item.arr_id,
        kind=item.kind.name,
        want=item.want,
        title=item.label,
        series=item.series_id,
        series_title=item.series_title,
        season=item.season,
        episode=item.episode,
        year=item.year,
        link=item.link,
        monitored=item.monitored,
        aired_at=item.aired_at,
        first_seen_at=item.first_seen_at,
        left_at=item.left_at,
        reason=item.reason.name.lower(),
        reason_at=item.reason_at,
        eligible_at=item.eligible_at,
        searched_at=item.searched_at,
        cooldown_until=item.cooldown_until,
        attempts=item.attempts,
        score_gap=item.gap,
    )


@read("/items", answer=Listed[ItemAnswer], asked=ItemQuery, limit=A_BACKLOG)
async def index(call: Call) -> Listed[ItemAnswer]:
    """Lists wanted items, in the order in which they were first seen."""
    asked: ItemQuery = call.asked
    last = asked.place.id if asked.place else 0
    found = await database.aside(items_after, asked.filter, last, asked.limit + 1)
    kept = found[: asked.limit]
    more = len(found) > len(kept)
    following = cursor_of(HistoryPlace(0, True, kept[-1].id)) if more else None
    return Listed([item_answer(each) for each in kept], following)


@read("/items/{id:id}", answer=WholeItemAnswer, limit=A_BACKLOG)
async def show(call: Call) -> WholeItemAnswer:
    """Explains one item: its reason, its exclusions, and its turn in each queue."""
    item = call.found(Item)
    why: Explanation = await database.aside(explain, item, call.at)
    return WholeItemAnswer(
        item=item_answer(item),
        reason=why.reason.name.lower(),
        since=why.since,
        until=why.until,
        passed=[each.name.lower() for each in why.passed],
        is_from_elsewhere=why.from_elsewhere,
        cooldown_after_nothing_seconds=why.after_nothing // 1000,
        apart=why.apart and why.apart.sentence,
        exclusions=[exclusion_answer(each) for each in why.exclusions],
        turns=[_turn(each) for each in why.turns],
    )


@read("/items/{id:id}/searches", answer=AskedAnswer)
def asked(call: Call) -> AskedAnswer:
    """Shows how far the search is that somebody has asked for."""
    return _asked(call.found(Item))


@write(
    "POST",
    "/items/{id:id}/searches",
    answer=AskedAnswer,
    role="member",
    status=202,
    limit=AN_INSTANCE,
    event=IN_HISTORY,
    refusals=(409,),
)
def search(call: Call) -> AskedAnswer:
    """Searches the item now, outside of every queue; cooldown and exclusion do not hold it."""
    item = call.found(Item)
    if refused := ask_for(item, clock(call.request).now()):
        raise HTTPException(409, refused)
    return _asked(item)


def _asked(item: Item) -> AskedAnswer:
    found = Asked.of(item)
    note: Any = found.note
    return AskedAnswer(
        is_waiting=found.is_waiting,
        is_searching=found.is_searching,
        note=note and note.sentence,
        note_at=note and note.at,
    )


def _turn(turn: Turn) -> TurnAnswer:
    return TurnAnswer(
        queue=turn.queue.id,
        queue_name=turn.queue.name,
        refusal=turn.refusal,
        place=turn.place and turn.place.number,
        of=turn.place and turn.place.of,
        seconds=None if turn.days is None else round(turn.days * 86_400),
        searched_together=turn.together,
        no_pack=turn.no_pack,
    )
