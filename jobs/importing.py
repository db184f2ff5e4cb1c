"""`python app.py import houndarr PATH`: shows what Houndarr's settings are here, and takes them."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

from jobs.terminal import TERMINAL, Refused, must_exist, open_as_command
from models import happenings
from models.database import database
from models.database.fields import now
from models.database.locks import Lock
from models.environment import Environment
from models.files.applying import apply
from models.files.declared import fixed_fields
from models.files.drafting import drafted
from models.files.entries import FileEntry, FilePlan
from models.houndarr import NotHoundarr, read_houndarr
from models.houndarr.translating import HoundarrLine, translated
from models.household import Household
from models.household.fixed import fixed
from models.opening.lock import as_command
from models.people import User
from models.wishes import Wish

NOBODY = "Make the first account on the page first: the queues are to belong to somebody."
NOT_YET = "Nothing is written yet. The same command with --yes writes it."
SAME = "Everything is here already."
PAST = (
    "What Houndarr searched counts here as well: Sonarr and Radarr themselves remember when each "
    "item was last searched."
)
DONE = (
    "It is written. Now type in the API key of each new instance on its page, and start each new "
    "queue from its preview. Stop Houndarr before that."
)


def take_in(options: Environment, chosen: Namespace) -> str:
    """Shows what would come of Houndarr's settings, and with --yes writes it; what to print.

    Raises Refused, Unavailable, UnusableSecret or UnusableDatabase.
    """
    on_server = options.database_url_file is not None
    with nullcontext() if on_server else as_command(options.data_dir):
        must_exist(options)
        with open_as_command(options):
            return houndarr(chosen.path, now(), writes=chosen.yes)


def houndarr(path: Path, at: datetime, *, writes: bool) -> str:
    """The same for the open database. Raises Refused."""
    try:
        theirs = read_houndarr(path)
    except NotHoundarr as error:
        raise Refused(str(error)) from None
    owner = User.first_administrator()
    if owner is None:
        raise Refused(NOBODY)
    with database.atomic():
        database.lock_until_commit(Lock.CHANGES)
        ours = translated(theirs, at)
        plan = drafted(ours.content, None, at, fixed_fields)
        if plan.faults:
            raise Refused("\n".join(map(str, plan.faults)))
        said = "\n".join([*_table(ours.lines), "", *_changes(plan), "", PAST])
        if plan.changes_nothing:
            return f"{said}\n{SAME}"
        if not writes:
            return f"{said}\n{NOT_YET}"
        _write(plan, owner, at)
    return f"{said}\n{DONE}"


def _write(plan: FilePlan, owner: User, at: datetime) -> None:
    if plan.household.differences:
        free = plan.household.draft.form.columns
        Household.current().change(
            **{name: value for name, value in free.items() if name not in fixed()}
        )
        Wish.ask("judge", 0, at)
        database.notify("settings")
    apply(plan, owner, at)
    names = ", ".join(each.name for each in plan.entries if each.state != "left")
    happenings.note("settings-imported", at, {"about": names[:200], "address": TERMINAL})


def _table(lines: Sequence[HoundarrLine]) -> Iterator[str]:
    """The lines in columns: what it is about, theirs, ours, and why."""
    rows = [("", "Houndarr", "here", ""), *map(_printable, lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=False))
        yield "  ".join([*cells, row[3]]).rstrip()


def _printable(line: HoundarrLine) -> tuple[str, ...]:
    """The cells without what a terminal could take for an order."""
    return tuple("".join(c for c in cell if c.isprintable()) for cell in line)


def _changes(plan: FilePlan) -> Iterator[str]:
    for entry in plan.touched:
        of = " of " if entry.section is None else " "
        yield f"{entry.word}{of}{entry.name}: {entry.state}"
        yield from (f"  {note}" for note in entry.notes)
        if entry.state == "changed":
            yield from _differences(entry)


def _differences(entry: FileEntry) -> Iterator[str]:
    for each in entry.differences:
        yield f"  {each.field}: {each.before} -> {each.after}"
