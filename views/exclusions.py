"""Exclusions: people decide that something is never searched, or not before a date."""

from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.backlog import Item
from models.backlog.exclusions import Exclusion, kinds_of, scope
from models.batches.coverage import may_exclude_for_ever
from models.database import database
from models.database.fields import now
from models.forms import Draft
from models.forms.exclusions import ExclusionForm, is_sensible
from models.instances import Instance
from models.people import User
from views import items
from views.web import trail
from views.web.backs import to_item, told_back
from views.web.endpoint import found, page_number, person
from views.web.limits import A_BACKLOG
from views.web.marks import CHEAP, writes
from views.web.render import go, render

PAGE = 50
NOT_THIS_KIND = "Choose one from the list."
NO_SUCH_DATE = "Choose a later day, within ten years."
NOT_FOR_EVER = (
    "Only an administrator, or a person whose own queues take all of it, may exclude it for ever. "
    "Choose an end."
)
SOMEBODY_ELSES = "Somebody else excluded this; only they or an administrator can change it."
NOT_YOURS = "Somebody else excluded this; only they or an administrator can undo it."


async def index(request: Request) -> Response:
    page = page_number(request)
    shown = await database.aside(_read, (page - 1) * PAGE)
    return render(
        request,
        "exclusions/index.html",
        exclusions=shown[:PAGE],
        scope=scope,
        page=page,
        has_more=len(shown) > PAGE,
    )


@writes("member", limit=A_BACKLOG, event="excluded", keeps_typed=True)
async def create(request: Request) -> Response:
    draft = ExclusionForm.read(request.state.fields)
    item = item_of(draft)
    if item is None:
        raise HTTPException(404)
    made = decide(request, draft, item)
    if made is None:
        return await items.page(request, item, draft, opened=True, status=422)
    zone = person(request).zone
    how = "for ever" if made.until is None else f"until {made.until.astimezone(zone):%d %B %Y}"
    return go(request, to_item(request, item), f"“{made.title}” is excluded {how}.")


@writes("member", limit=CHEAP, event="exclusion-ended")
def destroy(request: Request) -> Response:
    exclusion = found(Exclusion, request)
    undo(exclusion, person(request))
    return go(request, told_back(request), f"“{exclusion.title}” is not excluded any more.")


def decide(request: Request, draft: Draft[ExclusionForm], item: Item) -> Exclusion | None:
    """The new exclusion, and its event; None where the draft is refused."""
    user = person(request)
    zone = user.zone
    _check(draft, item, user, zone)
    if not draft.is_good:
        return None
    with trail.telling(request):
        end = draft.form.end(now(), zone)
        made = Exclusion.decide(item, draft.form.kind, until=end, user=user, at=now())
        trail.tell(request, made.title)
    return made


def undo(exclusion: Exclusion, user: User) -> None:
    if not exclusion.may_be_undone_by(user):
        raise HTTPException(403, NOT_YOURS)
    exclusion.undo(now())


def _read(start: int) -> list[tuple[Exclusion, Item | None]]:
    """Exclusions, latest first, each with an item that it covers; one more than a page holds."""
    rows = (
        Exclusion.in_force(now())
        .select(Exclusion, Instance, User)
        .join(Instance)
        .switch(Exclusion)
        .left_outer_join(User)
        .order_by(Exclusion.created_at.desc(), Exclusion.id.desc())
    )
    return [(row, row.example()) for row in rows.limit(PAGE + 1).offset(start)]


def item_of(draft: Draft[ExclusionForm]) -> Item | None:
    """The form's item, even where other fields are wrong: its page shows the form again."""
    text = draft.values["item"]
    readable = isinstance(text, str) and text.isdecimal() and text.isascii() and len(text) <= 18
    return Item.get_or_none(id=int(text)) if readable else None


def _check(draft: Draft[ExclusionForm], item: Item, user: User, zone: ZoneInfo) -> None:
    """Refuses what only the database can judge."""
    if not draft.is_good:
        return
    form, at = draft.form, now()
    if form.kind not in kinds_of(item):
        draft.refuse("kind", NOT_THIS_KIND)
        return
    if not is_sensible(form.end(at, zone), at):
        draft.refuse("date", NO_SUCH_DATE)
    if form.until == "" and not may_exclude_for_ever(user, Exclusion.of(item, form.kind), at):
        draft.refuse("until", NOT_FOR_EVER)
    earlier = Exclusion.earlier(item, form.kind, at)
    if earlier and not earlier.may_be_undone_by(user):
        draft.refuse("kind", SOMEBODY_ELSES)
