"""Exclusions of a file: held against those here, written, and told.

A file names what is excluded as the instance does: by its name and the instance's own numbers.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from models.backlog.exclusions import Exclusion, apply
from models.files import MOST_EXCLUSIONS
from models.files.entries import NO_SUCH_INSTANCE, FileEntry
from models.forms.bodies import pairs
from models.forms.exclusions import CarriedForm, is_sensible
from models.instances import Instance
from models.people import User
from models.people.names import key_of

HAS_ENDED = "It has ended meanwhile, so it is left out."
TOO_LATE = "Choose a moment within ten years."
OTHER_TITLE = "Here this is “{}”: look whether the file is of the same server."
LONGEST_SHOWN = 100
# So many are judged at once: a condition names each of them.
AT_ONCE = 50

Place = tuple[str, str, int, int | None]


def draft_exclusions(
    entries: list[FileEntry], named: Mapping[str, str], user: User | None, at: datetime
) -> list[FileEntry]:
    """`named` are the instances here and in the file, by their keys."""
    there = {place_of(row): row for row in _real()} if entries else {}
    ids = {each.key: each.id for each in Instance.by_name() if not each.demo}
    shows = user is not None and not user.masked
    for entry in entries:
        entry.draft = draft = CarriedForm.read(pairs(entry.given))
        if not draft.is_good:
            continue
        form = draft.form
        if key_of(form.instance) not in named:
            draft.refuse("instance", NO_SUCH_INSTANCE.format(form.instance))
            continue
        entry.row = there.get((key_of(form.instance), form.kind, form.id, form.season))
        if form.end is not None and form.end <= at:
            entry.is_left_out = True
            entry.notes.append(HAS_ENDED)
        elif not is_sensible(form.end, at):
            draft.refuse("until", TOO_LATE)
        else:
            before = {"until": told_end(entry.row.until)} if entry.row else {}
            entry.compare(before, ["until"], {"until": told_end(form.end)})
            if shows and (title := _other_title(form, entry.row, ids)):
                entry.notes.append(OTHER_TITLE.format(title[:LONGEST_SHOWN]))
    return entries


def write_exclusions(
    entries: Sequence[FileEntry], ids: Mapping[str, int], user: User, at: datetime
) -> None:
    """Writes those that differ, as decisions of the user; `ids` are those of the instances."""
    made: dict[int, list[Exclusion]] = {}
    for entry in entries:
        if entry.state == "left":
            continue
        if entry.row is not None:
            entry.row.delete_instance()
        form = entry.draft.form
        instance = ids[key_of(form.instance)]
        about = {"kind": form.kind, "arr_id": form.id, "season": form.season, "title": form.title}
        decided = {"user": user, "decided_by": user.name, "created_at": at, "until": form.end}
        made.setdefault(instance, []).append(
            Exclusion.create(instance=instance, **about, **decided)
        )
    for instance, rows in made.items():
        for begin in range(0, len(rows), AT_ONCE):
            covered = reduce(or_, (row.covered() for row in rows[begin : begin + AT_ONCE]))
            apply(covered, instance, at)


def exclusions_of(at: datetime) -> list[dict[str, Any]]:
    """The entries of the latest exclusions that have not ended."""
    rows = _real(at).order_by(Exclusion.created_at.desc(), Exclusion.id.desc())
    return [_told(row) for row in sorted(rows.limit(MOST_EXCLUSIONS), key=_order)]


def how_many_exclusions(at: datetime) -> int:
    """How many a file would hold if it had room for all."""
    return int(_real(at).count())


def _other_title(form: CarriedForm, row: Exclusion | None, ids: Mapping[str, int]) -> str:
    """What is here under the number of a new exclusion, if it has another title."""
    instance = ids.get(key_of(form.instance))
    if row is not None or instance is None:
        return ""
    about = {"kind": form.kind, "arr_id": form.id, "season": form.season}
    item = Exclusion(instance=instance, **about).example()
    title = Exclusion.of(item, form.kind).title if item else form.title
    return "" if title == form.title else title


def place_of(row: Exclusion) -> Place:
    return row.instance.key, row.kind, row.arr_id, row.season


def told_end(end: datetime | None) -> str:
    return end.isoformat(timespec="milliseconds") if end else ""


def _real(at: datetime | None = None) -> Any:
    rows = Exclusion.select() if at is None else Exclusion.in_force(at)
    return rows.select(Exclusion, Instance).join(Instance).where(~Instance.demo)


def _order(row: Exclusion) -> tuple[str, str, int, int]:
    return row.instance.key, row.kind, row.arr_id, -1 if row.season is None else row.season


def _told(row: Exclusion) -> dict[str, Any]:
    title = "".join(letter for letter in row.title if letter.isprintable()).strip()
    found = {"instance": row.instance.name, "kind": row.kind, "id": row.arr_id}
    found |= {} if row.season is None else {"season": row.season}
    found |= {"title": title or row.kind}
    return found | ({"until": told_end(row.until)} if row.until else {})
