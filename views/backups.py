"""Backups: whether there is a fresh one, what else is needed, and those that are kept."""

import os
from collections.abc import Iterator
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from jobs.housekeeping.backups import NAME
from models.backups import Backup, BackupFolder
from models.backups.keeping import KeepingRule, shelves
from models.backups.standing import BackupStanding
from models.database.fields import now
from models.database.files import open_own
from models.environment import Environment
from models.forms import Draft
from models.forms.people import ProofForm
from models.household import Household
from models.jobs import Job, JobRun
from models.people.audit import Event
from views.web import trail
from views.web.endpoint import clock
from views.web.limits import A_PASSWORD, AN_EXPORT, AN_INSTANCE
from views.web.marks import reads, writes
from views.web.proof import prove
from views.web.render import go, render, unchanged

POLL_ACTIVE, POLL_IDLE = 2, 15
# How long the page tells of a restore, and offers to undo it.
TOLD_FOR = timedelta(days=7)
CHUNK = 1 << 16
GOING_ON = "A backup is being made already."
BEGUN = "A backup is being made."


@reads("admin")
def index(request: Request) -> Response:
    options, folder, at = options_of(request), BackupFolder.current(), now()
    household, job = Household.current(), Job.get_or_none(name=NAME) or Job(name=NAME)
    backups = folder.all() if folder else []
    active, restored = JobRun.active().where(Job.id == job.id).exists(), _last_restore()
    standing = BackupStanding.at(at, household, options.backup_note_file)
    facts = job.next_at, job.fault, job.failures, active, standing, restored
    version = unchanged(request, [each.name for each in backups], facts)
    if version is None:
        return Response(status_code=204)
    return render(
        request,
        "backups/server.html" if folder is None else "backups/index.html",
        household=household,
        standing=standing,
        note=options.backup_note_file,
        folder=folder and folder.path,
        same_disk=folder is None or folder.shares_disk(options.database_path),
        secret=options.secret_path,
        key_id=request.app.state.keyring.id,
        backups=backups,
        shelves=shelves(backups, KeepingRule.of(household)),
        job=job,
        restored=restored,
        former=next((each for each in backups if each.cause == "before-restore"), None),
        active=active,
        poll=POLL_ACTIVE if active else POLL_IDLE,
        poll_url=f"/backups?seen={version}",
    )


@writes("admin", limit=AN_INSTANCE, event="backup-asked")
def create(request: Request) -> Response:
    """Makes a backup now."""
    if BackupFolder.current() is None:
        raise HTTPException(404)
    at = clock(request).now()
    is_new = JobRun.ask(Job.named(NAME, at), at)
    return go(request, "/backups", BEGUN if is_new else GOING_ON, "success" if is_new else "notice")


@reads("admin")
def show(request: Request) -> Response:
    return _page(request, found_backup(request), ProofForm.blank())


@reads("admin")
def ask(request: Request) -> Response:
    """The question before a backup is deleted."""
    return _question(request, found_backup(request), ProofForm.blank())


@writes("admin", limit=A_PASSWORD, event="backup-deleted")
async def destroy(request: Request) -> Response:
    backup = found_backup(request)
    draft = ProofForm.read(request.state.fields)
    await prove(request, draft)
    if draft.is_good:
        try:
            with trail.telling(request):
                backup.path.unlink(missing_ok=True)
        except OSError as error:
            draft.refuse("", f"The backup cannot be deleted: {error.strerror}.")
    if not draft.is_good:
        return _question(request, backup, draft, status=422)
    return go(request, "/backups", "The backup is deleted.")


@writes("admin", limit=AN_EXPORT, event="backup-downloaded")
async def download(request: Request) -> Response:
    """The file as it is, encrypted; it is not compressed on the way, which would gain nothing."""
    backup = found_backup(request)
    draft = ProofForm.read(request.state.fields)
    await prove(request, draft)
    if not draft.is_good:
        return _page(request, backup, draft, status=422)
    try:
        descriptor = open_own(backup.path, os.O_RDONLY)
    except OSError:
        raise HTTPException(404) from None
    with trail.telling(request):
        headers = {
            "Content-Disposition": f'attachment; filename="{backup.name}"',
            "Content-Length": str(os.fstat(descriptor).st_size),
            "Content-Encoding": "identity",
        }
    return StreamingResponse(
        _chunks(descriptor), media_type="application/octet-stream", headers=headers
    )


def found_backup(request: Request) -> Backup:
    """The backup that the address names, else 404."""
    folder = BackupFolder.current()
    backup = folder.find(request.path_params["backup"]) if folder else None
    if backup is None:
        raise HTTPException(404)
    trail.tell(request, backup.name)
    return backup


def options_of(request: Request) -> Environment:
    found: Environment = request.app.state.options
    return found


def _last_restore() -> Event | None:
    """The last restore, whether it came to its end or not, if it is not long ago."""
    actions = ("backup-restored", "restore-failed")
    found = Event.recent().where(Event.action.in_(actions)).first()
    return found if found and found.at > now() - TOLD_FOR else None


def _page(request: Request, backup: Backup, draft: Draft[ProofForm], status: int = 200) -> Response:
    return render(
        request,
        "backups/show.html",
        status=status,
        backup=backup,
        form=draft,
        is_present_key=backup.key_id == request.app.state.keyring.id,
    )


def _question(
    request: Request, backup: Backup, draft: Draft[ProofForm], status: int = 200
) -> Response:
    return render(
        request,
        "questions/show.html",
        status=status,
        question="backups/delete.html",
        title="Delete a backup",
        backup=backup,
        form=draft,
    )


def _chunks(descriptor: int) -> Iterator[bytes]:
    with os.fdopen(descriptor, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
