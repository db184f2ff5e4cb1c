"""Restoring a backup: it is checked and chosen, and the program begins anew with it."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from models.backups import Backup
from models.database.fields import now
from models.forms import OWN, Draft
from models.forms.people import ProofForm
from models.opening.checking import Secrets, UnfitBackup, check
from models.opening.restoring import Restore, RestoreNote
from views.backups import found_backup, options_of
from views.web import trail
from views.web.endpoint import person
from views.web.limits import A_PASSWORD
from views.web.marks import reads, writes
from views.web.proof import prove, still_signed_in
from views.web.render import render
from views.web.visitor import peer


@reads("admin")
def new(request: Request) -> Response:
    return _question(request, found_backup(request), ProofForm.blank())


@writes("admin", limit=A_PASSWORD, event="restore-begun")
async def create(request: Request) -> Response:
    """Reads the whole backup first, which takes seconds where it is large."""
    backup = found_backup(request)
    draft = ProofForm.read(request.state.fields)
    await prove(request, draft)
    if draft.is_good:
        try:
            await asyncio.to_thread(check, backup, _secrets(request))
            still_signed_in(request)
            with trail.telling(request):
                _choose(request, backup)
        except UnfitBackup as error:
            draft.refuse(OWN, str(error))
        except OSError as error:
            draft.refuse(OWN, f"The restore cannot be begun: {error.strerror}.")
    if not draft.is_good:
        return _question(request, backup, draft, status=422)
    request.app.state.restart.ask()
    return render(request, "backups/restoring.html", backup=backup)


def _choose(request: Request, backup: Backup) -> None:
    note = RestoreNote(backup.name, now(), person(request).name, peer(request))
    Restore.choose(options_of(request).database_path, note)


def _secrets(request: Request) -> Secrets:
    options = options_of(request)
    return Secrets(options.secret_path, request.app.state.keyring, options.secret_previous_file)


def _question(
    request: Request, backup: Backup, draft: Draft[ProofForm], status: int = 200
) -> Response:
    return render(
        request,
        "questions/show.html",
        status=status,
        question="backups/restore.html",
        title="Restore a backup",
        backup=backup,
        form=draft,
    )
