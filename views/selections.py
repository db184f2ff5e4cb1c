"""What a person does with many marked items of the backlog: exclude, snooze, search, undo."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from jobs.runs.by_hand import ask_for
from models.backlog import Item
from models.backlog.marked import exclude, others, undo
from models.batches.by_hand import Errands, errands
from models.batches.coverage import not_for_ever
from models.budgets import Ledger
from models.database.fields import now, to_ms
from models.forms import Draft
from models.forms.exclusions import ChosenForm, ManyForm, is_sensible
from models.instances import Instance
from views import backlog
from views.exclusions import NO_SUCH_DATE
from views.web import trail
from views.web.backs import Back, back_of
from views.web.endpoint import clock, person
from views.web.limits import A_BACKLOG, AN_INSTANCE
from views.web.marks import CHANGES_NOTHING, IN_HISTORY, writes
from views.web.render import go, render, wants_fragment
from views.web.words import plural

NONE_MARKED = "Mark at least one item."
LEFT_ALONE = "{} left alone: {}."
OTHERS = "somebody else excluded them, who alone or an administrator can change that"
NOT_FOR_EVER = "only an administrator may exclude for ever what no queue of yours takes"


@writes("member", limit=A_BACKLOG, event="excluded")
async def create(request: Request) -> Response:
    """Excludes the marked items, for ever or until a day."""
    draft, user, at = ManyForm.read(request.state.fields), person(request), now()
    zone = user.zone
    if draft.is_good and not is_sensible(draft.form.end(at, zone), at):
        draft.refuse("date", NO_SUCH_DATE)
    items = _items(draft)
    if not draft.is_good or not items:
        return await _refused(request, draft)
    end = draft.form.end(at, zone)
    theirs = others(items, user, at)
    barred = not_for_ever(user, items, at) - theirs if end is None else set()
    mine = [item for item in items if item.id not in theirs | barred]
    with trail.telling(request):
        exclude(mine, until=end, user=user, at=at)
        trail.tell(request, plural(len(mine), "item"))
    said = [_left_alone(theirs, OTHERS), _left_alone(barred, NOT_FOR_EVER)]
    return await _back(request, " ".join(filter(None, said)), undo=at if mine else None)


@writes("member", limit=A_BACKLOG, event="exclusion-ended")
async def destroy(request: Request) -> Response:
    """Undoes what the person excluded at one moment, and puts back what that replaced."""
    fields = dict(request.state.fields)
    found = backlog.undoable(request, fields.get("made", ""))
    with trail.telling(request):
        freed, as_before = undo(found, now())
        trail.tell(request, plural(freed + as_before, "item"))
    return await _back(request, _undone(freed, as_before))


@writes("member", limit=A_BACKLOG, event=CHANGES_NOTHING)
async def preview(request: Request) -> Response:
    """What a search of the marked items would cost, before anything is asked for."""
    draft = ChosenForm.read(request.state.fields)
    items = _items(draft)
    if not items:
        return await _refused(request, draft)
    anyway = draft.form.anyway
    return render(
        request,
        "selections/show.html",
        errands=errands(items, Ledger.at(now()), anyway=anyway),
        items=items,
        anyway=anyway,
        back=back_of(request),
    )


@writes("member", limit=AN_INSTANCE, event=IN_HISTORY)
def search(request: Request) -> Response:
    """Asks for a search of each marked item that has room in the budgets."""
    draft = ChosenForm.read(request.state.fields)
    back = back_of(request)
    found = errands(_items(draft), Ledger.at(now()), anyway=draft.is_good and draft.form.anyway)
    if not any(each.items for each in found):
        return go(request, back.address, "Nothing was asked for.", kind="notice")
    at = clock(request).now()
    asked = sum(ask_for(item, at) is None for each in found for item in each.items)
    return go(request, back.address, _asked(asked, found))


def _undone(freed: int, as_before: int) -> str:
    """The sentence that says what an undo left."""
    parts = [f"{plural(freed, 'item')} not excluded any more."] if freed or not as_before else []
    parts += [f"{plural(as_before, 'item')} excluded as before."] if as_before else []
    return " ".join(parts)


def _asked(asked: int, found: Iterable[Errands]) -> str:
    """The sentence that says how many searches were asked for."""
    names = " and ".join(each.instance.name for each in found if each.items)
    left = sum(len(each.items) for each in found) - asked
    more = f" {plural(left, 'item')} could not be searched now." if left else ""
    return f"{plural(asked, 'search', 'searches')} asked for, one at a time on {names}.{more}"


def _items(draft: Draft[ManyForm] | Draft[ChosenForm]) -> list[Item]:
    """The marked items in the order of their rows; [] where the form has faults."""
    if not draft.is_good:
        return []
    rows = Item.select(Item, Instance).join(Instance).where(Item.id.in_(draft.form.item))
    by_id = {item.id: item for item in rows}
    return [by_id[item_id] for item_id in dict.fromkeys(draft.form.item) if item_id in by_id]


def _left_alone(ids: set[int], why: str) -> str:
    return LEFT_ALONE.format(plural(len(ids), "item"), why) if ids else ""


async def _refused(request: Request, draft: Draft[ManyForm] | Draft[ChosenForm]) -> Response:
    """The backlog again, with the same items marked and the sentence of the first fault."""
    marked = [int(each) for each in draft.values["item"] if each.isdecimal() and len(each) < 16]
    error = next((draft.errors[name] for name in ("date", "") if name in draft.errors), NONE_MARKED)
    asked = _query(back_of(request))
    return await backlog.listing(request, asked, chosen=marked, error=error, status=422)


async def _back(request: Request, said: str, undo: datetime | None = None) -> Response:
    """htmx gets the list as it is now, a plain form goes back to it."""
    back = back_of(request)
    asked = _query(back) | ({"undo": str(to_ms(undo))} if undo else {})
    if not wants_fragment(request):
        joint = "&" if "?" in back.address else "?"
        more = f"{joint}undo={asked['undo']}" if undo else ""
        return go(request, back.address + more, said, kind="notice")
    if said:
        request.state.visitor.say(said, "notice")
    return await backlog.listing(request, asked)


def _query(back: Back) -> dict[str, str]:
    found = parse_qs(urlsplit(back.address).query)
    return {name: values[0] for name, values in found.items()}
