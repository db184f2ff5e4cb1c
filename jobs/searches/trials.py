"""Asks an instance what would be found for an item: a search that grabs nothing."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from jobs.arr import Fault, OfferList
from jobs.engine import Engine
from jobs.engine.retries import note_fault
from jobs.searches.errands import Announced, settle, withdraw
from jobs.searches.fencing import Fence, Stalled
from jobs.searches.outcomes import Verdict
from jobs.wording import counted
from models.backlog import Item
from models.budgets.gates import Gate
from models.database import database
from models.database.fields import to_ms
from models.instances.faults import worked
from models.searches import LOOKED, Search
from models.trials import Trial

# Faults that speak of the indexers or of this answer, and not of the way to the instance.
OF_THE_ANSWER = frozenset({"timeout", "too_large", "malformed"})
# Statuses of the application's own answers that are about the item; an unknown id is a 500.
OF_THE_ITEM = frozenset({400, 409, 500})
# lastSearchTime is a moment of the instance's clock, which we know to some seconds only.
SLACK_MS = 60_000
NOTHING = "Nothing was offered."


async def look(engine: Engine, announced: Announced) -> Gate | None:
    """Asks once, in the instance's turn, and keeps the answer; never asks twice.

    Nobody can stop the instance's search once it has begun, so one without an answer counts.
    """
    search, items, befores, _ = announced
    instance = items[0].instance
    client, first = engine.client(instance), items[0]
    ask = partial(client.offers, first.arr_id)
    if search.is_pack:
        ask = partial(client.offers_of_season, first.series_id, first.season)
    try:
        answer = await Fence(announced).let_through(ask)
    except Stalled as stalled:
        withdraw(engine, search, items, befores, str(stalled))
        return None
    except Fault as fault:
        return _not_answered(engine, announced, fault)
    worked(instance, engine.clock.now(), "sending")
    _keep(engine, search, items, answer, await _verdict(engine, search, first, answer))
    return None


def _not_answered(engine: Engine, announced: Announced, fault: Fault) -> Gate | None:
    search, items, befores, _ = announced
    if fault.by_application and fault.status in OF_THE_ITEM:
        settle(engine, search, items, Verdict("failed", fault.sentence))
        return None
    if fault.may_have_arrived or fault.code in OF_THE_ANSWER:
        settle(engine, search, items, Verdict("unknown", fault.sentence))
    else:
        withdraw(engine, search, items, befores, fault.sentence)
    if fault.code in OF_THE_ANSWER:
        return None
    instance = items[0].instance
    note_fault(instance, "sending", fault, engine.clock.now())
    return Gate(fault.code, fault.sentence, instance.retry_at)


def _keep(
    engine: Engine, search: Search, items: Sequence[Item], answer: OfferList, verdict: Verdict
) -> None:
    item = items[0]
    with database.atomic():
        settle(engine, search, items, verdict)
        if verdict.outcome == LOOKED and Item.select().where(Item.id == item.id).exists():
            Trial.keep(search, item, engine.clock.now(), answer.offers, answer.counts)


async def _verdict(engine: Engine, search: Search, item: Item, answer: OfferList) -> Verdict:
    """The outcome: it only looked, unless no indexer was asked at all."""
    if answer.counts.total:
        found = counted(answer.counts.total, "release")
        return Verdict(LOOKED, f"{found}, {answer.counts.approved:,} of them acceptable.")
    with suppress(Fault):
        if await _none_asked(engine, search, item):
            name = item.instance.name
            return Verdict("no_indexer", f"{name} has no indexer that it could ask for this.")
    return Verdict(LOOKED, NOTHING)


async def _none_asked(engine: Engine, search: Search, item: Item) -> bool:
    """Whether lastSearchTime did not move: no indexer with interactive search was active."""
    client = engine.client(item.instance)
    if client.version is None:
        await client.status()
    if not client.tells_search_times:
        return False
    began_at = to_ms(search.created_at) + item.instance.clock_ahead_ms
    searched = await client.last_searched(item.arr_id)
    return searched is None or searched < began_at - SLACK_MS
