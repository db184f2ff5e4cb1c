"""Settings as a file: handing them out, and taking them in after a look at the difference."""

import json
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.database.hashes import hash_of
from models.files import EXCLUSIONS, LARGEST, MOST_EXCLUSIONS, schema
from models.files.applying import apply
from models.files.declared import current, fixed_fields
from models.files.drafting import drafted
from models.files.entries import FileEntry, FilePlan
from models.files.exclusions import how_many_exclusions
from models.files.reading import FileFault, UnreadableFile, read
from models.files.writing import written
from models.forms import OWN, Draft, Form
from models.household.fixed import fixed
from views import settings
from views.web import trail
from views.web.endpoint import clock, person
from views.web.limits import A_BACKLOG, AN_EXPORT
from views.web.marks import CHANGES_NOTHING, reads, writes
from views.web.render import go, render

NAME = "searcharr-settings.json"
SCHEMA_NAME = "searcharr-settings.schema.json"
MASKED = "The file shows everything as it is: show titles again before you download it."
EMPTY = "Paste the content of a file."
REFUSED = "Nothing was changed. This is wrong with the file:"
DIFFERS = "What is here has changed since the preview: look at it again."
# A page that lists more would be read by nobody.
MOST_SHOWN = 20
MOST_NAMED = 5


class FileForm(Form):
    """The content of a file; `seen` is the mark of the preview that a person has agreed to."""

    text: str
    seen: str = ""


@reads("admin")
def show(request: Request) -> Response:
    return _form(request, FileForm.blank())


@reads("admin", limit=AN_EXPORT)
def export(request: Request) -> Response:
    if person(request).masked:
        return go(request, "/settings/file", MASKED, kind="notice")
    return _download(written(person(request), now()), NAME)


@reads("admin")
def show_schema(request: Request) -> Response:
    return _download(json.dumps(schema(), indent=2) + "\n", SCHEMA_NAME)


@writes("admin", limit=A_BACKLOG, event=CHANGES_NOTHING)
def preview(request: Request) -> Response:
    """Shows what the file would do, or what is wrong with it."""
    draft, plan = _plan(request)
    if plan is None:
        return _form(request, draft, status=422)
    return _difference(request, draft, plan)


@writes("admin", limit=AN_EXPORT, event="settings-imported")
def create(request: Request) -> Response:
    """Carries out what the preview has shown, in one transaction with its event."""
    draft, plan = _plan(request)
    if plan is None:
        return _form(request, draft, status=422)
    if draft.form.seen != mark_of(plan):
        draft.refuse("", DIFFERS)
        return _difference(request, draft, plan, status=422)
    changed = [each for each in plan.entries if each.state != "left"]
    if plan.household.differences:
        free = plan.household.draft.form.columns
        settings.keep(
            {name: each for name, each in free.items() if name not in fixed()}, clock(request).now()
        )
    apply(plan, person(request), now())
    trail.tell(request, _about(changed))
    to_type = [each for each in plan.entries if each.lacks_secret]
    section = to_type[0].section if to_type else None
    following = f"/{section.name}" if section else "/settings/file"
    return go(request, following, _said(len(changed), [each.name for each in to_type]))


def mark_of(plan: FilePlan) -> str:
    """A mark that changes with what the file would do."""
    return hash_of(repr([(each.path, each.state, each.differences) for each in plan.entries]))


def _about(changed: Sequence[FileEntry]) -> str:
    """What was changed: names, and how many exclusions."""
    names = [each.name for each in changed if each.section is not EXCLUSIONS]
    many = len(changed) - len(names)
    counted = [f"{many} exclusions" if many > 1 else "1 exclusion"] if many else []
    return ", ".join([*names, *counted])


def _said(changed: int, to_type: Sequence[str]) -> str:
    said = "1 entry was taken in." if changed == 1 else f"{changed} entries were taken in."
    if to_type:
        more = f" and {len(to_type) - MOST_NAMED} more" if len(to_type) > MOST_NAMED else ""
        names = ", ".join(to_type[:MOST_NAMED])
        said += f" Type in the API key or other secret of each that waits for it: {names}{more}."
    return said


def _plan(request: Request) -> tuple[Draft[FileForm], FilePlan | None]:
    """The plan of the sent text; None where something is wrong, which the draft says."""
    draft = FileForm.read(request.state.fields)
    if draft.is_good and not draft.form.text.strip():
        draft.refuse("text", EMPTY)
    if not draft.is_good:
        return draft, None
    user, at = person(request), now()
    try:
        plan = drafted(read(draft.form.text), user, at, fixed_fields)
    except UnreadableFile as error:
        named = {each.path for each in error.faults}
        others = drafted(error.rest, user, at, fixed_fields).faults if error.rest else []
        more = [each for each in others if each.path not in named]
        return _refused(draft, [*error.faults, *more]), None
    return (_refused(draft, plan.faults), None) if plan.faults else (draft, plan)


def _refused(draft: Draft[FileForm], faults: list[FileFault]) -> Draft[FileForm]:
    draft.refuse(OWN, REFUSED)
    for number, fault in enumerate(faults[:MOST_SHOWN]):
        draft.refuse(f"fault-{number}", str(fault))
    if len(faults) > MOST_SHOWN:
        draft.refuse("fault-more", f"And {len(faults) - MOST_SHOWN} more.")
    return draft


def _form(request: Request, draft: Draft[FileForm], status: int = 200) -> Response:
    return render(
        request,
        "transfer/show.html",
        status=status,
        form=draft,
        file=current(),
        largest=LARGEST // 1024,
        most_exclusions=MOST_EXCLUSIONS,
        has_more=how_many_exclusions(now()) > MOST_EXCLUSIONS,
    )


def _difference(
    request: Request, draft: Draft[FileForm], plan: FilePlan, status: int = 200
) -> Response:
    return render(
        request,
        "transfer/preview.html",
        status=status,
        form=draft,
        plan=plan,
        seen=mark_of(plan),
        text=draft.form.text,
    )


def _download(text: str, name: str) -> Response:
    return Response(
        text,
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
