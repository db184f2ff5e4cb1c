"""Searches: the history, found by filters."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from pydantic import BeforeValidator, Field

from models.database import database
from models.forms import Line, Trimmed
from models.searches import Search, fates
from models.searches.entries import read as entries
from models.searches.history import SearchFilter, with_items
from views.api.answers import Link, Listed, Moment, ReleaseName, Sentence, Title
from views.api.endpoints import Call, read
from views.api.paging import ListQuery, cursor_of
from views.web.limits import A_BACKLOG

NO_MOMENT = "Write the moment as 2026-05-31T20:00:00Z."
Id = Annotated[int | None, Field(ge=1, le=2**53)]


def _moment(text: object) -> object:
    """A moment of ISO 8601 with its distance from UTC. Raises ValueError with a sentence."""
    if not isinstance(text, str):
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(NO_MOMENT) from None
    if moment.tzinfo is None or not 1970 < moment.year < 9000:
        raise ValueError(NO_MOMENT)
    return moment


When = Annotated[datetime | None, BeforeValidator(_moment)]


class SearchQuery(ListQuery):
    """Which searches to list; what is left out filters nothing."""

    text: Annotated[Line, Trimmed(max_length=200)] = ""
    outcome: Literal["", "grabbed", "nothing", "no_indexer", "failed", "unknown", "looked"] = ""
    fate: Literal["", "imported", "failed", "ignored", "open", "unknown"] = ""
    instance: Id = None
    queue: Id = None
    want: Literal["", "missing", "upgrade", "score"] = ""
    since: When = None
    until: When = None

    @property
    def filter(self) -> SearchFilter:
        return SearchFilter(
            instance=self.instance,
            queue=self.queue,
            outcome=self.outcome or None,
            fate=self.fate or None,
            want=self.want or None,
            text=self.text,
            since=self.since,
            until=self.until,
            only_searches=True,
        )


class SearchAnswer(msgspec.Struct, frozen=True):
    """A command that was sent to an instance, and what came of it."""

    id: int
    run: int | None
    queue: int | None
    queue_name: str
    instance: int | None
    instance_name: str
    application: str
    kind: str
    want: str
    item: int | None
    title: Title
    link: Link
    cost: int
    attempt: int
    is_trial: bool
    state: str
    outcome: str | None
    message: Sentence
    release: ReleaseName
    indexer: str | None
    fate: str | None
    created_at: Moment
    sent_at: Moment | None
    finished_at: Moment | None
    fate_at: Moment | None


def search_answer(search: Search, at: datetime) -> SearchAnswer:
    grabbed = search.outcome == "grabbed"
    return SearchAnswer(
        id=search.id,
        run=search.run_id,
        queue=search.queue_id,
        queue_name=search.queue_name,
        instance=search.instance_id,
        instance_name=search.instance_name,
        application=search.application.name,
        kind=search.kind,
        want=search.want,
        item=search.item_id,
        title=search.title,
        link=search.link,
        cost=search.cost,
        attempt=search.attempt,
        is_trial=search.is_trial,
        state=search.state,
        outcome=search.outcome,
        message=search.message,
        release=search.release,
        indexer=search.indexer,
        fate=fates.state(search.fate, search.created_at, at) if grabbed else None,
        created_at=search.created_at,
        sent_at=search.sent_at,
        finished_at=search.finished_at,
        fate_at=search.fate_at,
    )


@read("/searches", answer=Listed[SearchAnswer], asked=SearchQuery, limit=A_BACKLOG)
async def index(call: Call) -> Listed[SearchAnswer]:
    """Lists searches, the latest first.

    A text is looked for in titles and releases, 50,000 searches at a time: a part may be empty and
    still have a following one.
    """
    asked: SearchQuery = call.asked
    found = await database.aside(
        lambda: entries(asked.filter, call.at, before=asked.place, limit=asked.limit)
    )
    rows = [search_answer(each, call.at) for each in found.shown]
    return Listed(rows, cursor_of(found.older))


@read("/searches/{id:id}", answer=SearchAnswer)
def show(call: Call) -> SearchAnswer:
    """Shows one search."""
    (search,) = with_items([call.found(Search)])
    return search_answer(search, call.at)
