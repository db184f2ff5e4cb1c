"""Exclusions: what is never searched, or not before a moment."""

import msgspec
from starlette.exceptions import HTTPException

from models.backlog.exclusions import Exclusion
from models.forms.exclusions import ExclusionForm
from models.searches.entries import HistoryPlace
from views.api.answers import Listed, Moment, Title
from views.api.endpoints import Call, Made, read, refuse_bad, write
from views.api.paging import ListQuery, cursor_of
from views.exclusions import decide, item_of, undo
from views.web.limits import A_BACKLOG
from views.web.marks import CHEAP


class ExclusionAnswer(msgspec.Struct, frozen=True):
    """A decision not to search an item, a season or a series; `until` is null for ever.

    `arr_id` and `season` are the instance's numbers of what is excluded.
    """

    id: int
    instance: int
    kind: str
    arr_id: int
    season: int | None
    title: Title
    decided_by: str
    created_at: Moment
    until: Moment | None


def exclusion_answer(one: Exclusion) -> ExclusionAnswer:
    return ExclusionAnswer(
        id=one.id,
        instance=one.instance_id,
        kind=one.kind,
        arr_id=one.arr_id,
        season=one.season,
        title=one.title,
        decided_by=one.decided_by,
        created_at=one.created_at,
        until=one.until,
    )


@read("/exclusions", answer=Listed[ExclusionAnswer], asked=ListQuery)
def index(call: Call) -> Listed[ExclusionAnswer]:
    """Lists the exclusions in force, in the order in which they were decided."""
    asked: ListQuery = call.asked
    last = asked.place.id if asked.place else 0
    rows = Exclusion.in_force(call.at).where(Exclusion.id > last).order_by(Exclusion.id)
    found = list(rows.limit(asked.limit + 1))
    kept = found[: asked.limit]
    more = len(found) > len(kept)
    following = cursor_of(HistoryPlace(0, True, kept[-1].id)) if more else None
    return Listed([exclusion_answer(each) for each in kept], following)


@read("/exclusions/{id:id}", answer=ExclusionAnswer)
def show(call: Call) -> ExclusionAnswer:
    """Shows one exclusion."""
    return exclusion_answer(call.found(Exclusion))


@write(
    "POST",
    "/exclusions",
    answer=ExclusionAnswer,
    role="member",
    status=201,
    form=ExclusionForm,
    needed=("item", "kind", "until"),
    hidden=frozenset({"back"}),
    limit=A_BACKLOG,
    event="excluded",
    refusals=(404,),
)
async def create(call: Call) -> Made:
    """Excludes an item, or its season or series, for some days, until a day, or for ever.

    It replaces an earlier exclusion of the same.
    """
    draft = call.draft()
    item = item_of(draft)
    if item is None:
        raise HTTPException(404)
    made = decide(call.request, draft, item)
    refuse_bad(draft)
    assert made is not None
    return Made(exclusion_answer(Exclusion.get_by_id(made.id)), f"/exclusions/{made.id}")


@write(
    "DELETE",
    "/exclusions/{id:id}",
    answer=None,
    role="member",
    status=204,
    limit=CHEAP,
    event="exclusion-ended",
)
def destroy(call: Call) -> None:
    """Ends an exclusion."""
    undo(call.found(Exclusion), call.user)
