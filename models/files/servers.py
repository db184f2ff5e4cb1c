"""Instances and Prowlarrs of a file: held against those here, and written."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from models import demo
from models.files.entries import OF_THE_DEMO, FileEntry, Held
from models.forms.bodies import pairs
from models.forms.instances import InstanceForm, ServerForm
from models.forms.prowlarrs import ProwlarrForm
from models.instances import Instance, twins
from models.instances.faults import forget
from models.instances.proxies import Credentials
from models.prowlarrs import Prowlarr
from models.prowlarrs.twins import SAME, twin_of
from models.wishes import Wish

# What a new one has where the file says nothing else, as on the page.
USUAL = {"verify_tls": True, "enabled": True}
USUAL_PROWLARR = {"verify_tls": True}
KEY_TO_TYPE = "It is switched off until its API key is typed in."
GOES_ELSEWHERE = "It gets another address: it is switched off, and its API key is forgotten."
READ_LATER = "It is not read until its API key is typed in."
READ_ELSEWHERE = "It gets another address: its API key is forgotten, and it is not read without."


def draft_instance(entry: FileEntry, there: Mapping[str, Instance], held: Held) -> FileEntry:
    row, typed = _draft(entry, there, held, InstanceForm, USUAL)
    draft = entry.draft
    if demo.is_name(entry.name):
        draft.refuse("name", OF_THE_DEMO)
    if not draft.is_good:
        entry.tell_missing()
        return entry
    form = draft.form
    if form.url != (row and row.url) and (twin := twins.at(form.url, row)):
        draft.refuse("url", twins.sentence(twin))
    _note_lack(entry, KEY_TO_TYPE, GOES_ELSEWHERE)
    entry.compare({} if row is None else typed, entry.given)
    return entry


def draft_prowlarr(entry: FileEntry, there: Mapping[str, Prowlarr], held: Held) -> FileEntry:
    row, typed = _draft(entry, there, held, ProwlarrForm, USUAL_PROWLARR)
    draft = entry.draft
    if not draft.is_good:
        entry.tell_missing()
        return entry
    if twin := twin_of(draft.form.url, draft.form.api_key, row):
        draft.refuse("url", SAME.format(name=twin.name))
    _note_lack(entry, READ_LATER, READ_ELSEWHERE)
    entry.compare({} if row is None else typed, entry.given)
    return entry


def refuse_twins(entries: Sequence[FileEntry]) -> None:
    """Refuses two entries for one server, which would count twice."""
    places: dict[Any, str] = {}
    for entry in entries:
        if entry.draft.is_good:
            place = twins.place(entry.draft.form.url)
            if place in places:
                entry.draft.refuse("url", f"{places[place]} has the same address.")
            places.setdefault(place, entry.path)


def write_instance(entry: FileEntry, at: datetime) -> None:
    form, row = entry.draft.form, entry.row
    if row is not None and not entry.differences and not form.api_key:
        return
    columns = form.columns_at(at, row) | _proxy(form, row)
    if entry.lacks_secret:
        columns |= {"api_key": "", "disabled_at": at}
    if row is None:
        row = Instance.create(created_at=at, **columns)
    elif form.is_elsewhere(row) or not _is_same(row, columns):
        row.change(**columns)
        forget(row, at)
    if row.disabled_at is None:
        Wish.ask("sync", row.id, at)


def write_prowlarr(entry: FileEntry, at: datetime) -> None:
    form, row = entry.draft.form, entry.row
    if row is not None and not entry.differences and not form.api_key:
        return
    columns = form.columns_for(row) | _proxy(form, row)
    if entry.lacks_secret:
        columns |= {"api_key": ""}
    typed = {name: value for name, value in columns.items() if name not in form.anew(row)}
    if row is None:
        row = Prowlarr.create(created_at=at, **columns)
    elif form.is_elsewhere(row) or not _is_same(row, typed):
        row.change(**columns)
    else:
        return
    if not row.lacks_key:
        Wish.ask("prowlarr", row.id, at)


def _draft(
    entry: FileEntry,
    there: Mapping[str, Any],
    held: Held,
    form: type[Any],
    usual: Mapping[str, Any],
) -> tuple[Any, Mapping[str, Any]]:
    """Sets the draft of an entry; returns its row, and the values of before."""
    row = entry.match(there.get(entry.key), held)
    typed = usual if row is None else form.typed(row)
    entry.draft = form.read(pairs({**typed, **entry.given}))
    return row, typed


def _note_lack(entry: FileEntry, new: str, moved: str) -> None:
    """Notes whether there is no key to send there: a stored one goes to no other address."""
    form, row = entry.draft.form, entry.row
    is_left = row is not None and not row.lacks_key
    entry.lacks_secret = not form.api_key and (not is_left or form.is_elsewhere(row))
    if entry.lacks_secret:
        entry.notes.append(moved if is_left else new)


def _is_same(row: Any, columns: Mapping[str, Any]) -> bool:
    def plain(value: Any) -> Any:
        return value.reveal() if hasattr(value, "reveal") else value

    def stored(name: str) -> Any:
        value = getattr(row, name)
        return value.name if name == "application" else plain(value)

    return all(stored(name) == value for name, value in columns.items())


def _proxy(form: ServerForm, row: Any) -> dict[str, str | None]:
    """The columns; a header whose value is not known is left out."""
    is_new = row is None or form.is_elsewhere(row)
    credentials = form.credentials(Credentials() if is_new else Credentials.of(row))
    headers = tuple((name, value) for name, value in credentials.headers if value)
    return credentials._replace(headers=headers).columns
