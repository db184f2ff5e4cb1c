"""Holds what a file says against what there is: what it would add, change and leave."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from models import demo
from models.applications import LISTS
from models.files import FILE, HOUSEHOLD, INSTANCES, QUEUES, SECRETS, STATES, VIEWS, Section
from models.files.reading import FileContent, FileFault
from models.files.writing import view_of
from models.forms import OWN, SENTENCES, Draft
from models.forms.bodies import pairs
from models.forms.history import SavedViewForm, query_of
from models.forms.instances import InstanceForm
from models.forms.presets import begun
from models.forms.queues import QueueForm
from models.forms.settings import HouseForm
from models.household import Household
from models.household.fixed import Fixed, fixed
from models.instances import Instance, twins
from models.people import User
from models.people.names import key_of
from models.queues import Queue
from models.queues.strategies import preset_of
from models.searches.saved_views import LONGEST, MOST, SavedView

USUAL = {"verify_tls": True, "enabled": True}
NO_SUCH_INSTANCE = "There is no instance “{}”, neither here nor in the file."
NO_SUCH_QUEUE = "There is no queue “{}”, neither here nor in the file."
OF_THE_DEMO = "The demo library has this name: remove it first, or choose another name."
KEY_TO_TYPE = "It is switched off until its API key is typed in."
GOES_ELSEWHERE = "It gets another address: it is switched off, and its API key is forgotten."
FIXED = "it stays, as it is set by {}."

Held = Callable[[Any], Mapping[str, Fixed]]


def _nothing(row: Any) -> Mapping[str, Fixed]:
    return {}


class Difference(NamedTuple):
    """A field, and its value before and after; `before` is None for a new entry."""

    field: str
    before: Any
    after: Any


@dataclass
class FileEntry:
    """One entry of a file, or its settings of the household, beside the row of the same name.

    `notes` are sentences about what a person has to do or to know.
    """

    section: Section | None
    path: str
    name: str
    given: Mapping[str, Any]
    row: Any = None
    draft: Draft[Any] = field(default_factory=lambda: Draft({}, {}, None))
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        """What becomes of it: added, changed or left."""
        if self.row is None:
            return "added"
        return "changed" if self.differences else "left"

    def match(self, row: Any, held: Held) -> Any:
        """Sets the row of the same name; what is held of it is left out, with a note."""
        self.row, fields = row, {} if row is None else held(row)
        for name in sorted(fields.keys() & self.given.keys() - {"name"}):
            self.notes.append(f"{name}: {FIXED.format(fields[name].where)}")
        self.given = {name: each for name, each in self.given.items() if name not in fields}
        return row

    @property
    def word(self) -> str:
        return self.section.word if self.section else "settings"

    def faults(self) -> Iterator[FileFault]:
        for name, sentence in self.draft.errors.items():
            shown = name + FILE if name in SECRETS else name
            yield FileFault(self.path if name == OWN else f"{self.path}.{shown}", sentence)


class FilePlan(NamedTuple):
    """What a file would do; nothing is done while there are faults."""

    household: FileEntry
    instances: list[FileEntry]
    queues: list[FileEntry]
    views: list[FileEntry]
    faults: list[FileFault]

    @property
    def entries(self) -> list[FileEntry]:
        return [self.household, *self.instances, *self.queues, *self.views]

    @property
    def touched(self) -> list[FileEntry]:
        return [each for each in self.entries if each.state != "left" or each.notes]

    @property
    def changes_nothing(self) -> bool:
        return not any(each.state != "left" for each in self.entries)


def drafted(document: FileContent, user: User | None, held: Held = _nothing) -> FilePlan:
    """The plan of a file.

    `user` is whose views it may hold. `held` gives the fields of a row that stay as they are.
    """
    there = {each.key: each for each in Instance.by_name() if not each.demo}
    named = {key: each.name for key, each in there.items()}
    named |= {key_of(each["name"]): each["name"] for each in document.entries["instances"]}
    household = _household(document.household)
    instances = [_instance(each, there, held) for each in _entries(document, INSTANCES)]
    _refuse_twins(instances)
    queues = [_queue(each, named, held) for each in _entries(document, QUEUES)]
    views = _views(_entries(document, VIEWS), user, named, queues)
    found = [household, *instances, *queues, *views]
    faults = [fault for each in found for fault in each.faults()]
    return FilePlan(household, instances, queues, views, faults)


def _entries(document: FileContent, section: Section) -> list[FileEntry]:
    return [
        FileEntry(section, f"{section.name}[{number}]", given["name"].strip(), given)
        for number, given in enumerate(document.entries[section.name])
    ]


def _household(given: Mapping[str, Any]) -> FileEntry:
    row = Household.current()
    entry = FileEntry(None, HOUSEHOLD, "the household", given, row)
    typed = HouseForm.typed(row)
    free = {name: value for name, value in given.items() if name not in fixed()}
    for name in given:
        if name in fixed() and fixed()[name].value != given[name]:
            entry.notes.append(f"{name}: {FIXED.format(fixed()[name].where)}")
    entry.draft = HouseForm.read(pairs(typed | free))
    _compare(entry, typed, free)
    return entry


def _instance(entry: FileEntry, there: Mapping[str, Instance], held: Held) -> FileEntry:
    row = entry.match(there.get(key_of(entry.name)), held)
    typed = USUAL if row is None else InstanceForm.typed(row)
    entry.draft = draft = InstanceForm.read(pairs(typed | dict(entry.given)))
    if demo.is_name(entry.name):
        draft.refuse("name", OF_THE_DEMO)
    if not draft.is_good:
        _tell_missing(entry)
        return entry
    form = draft.form
    if form.url != (row and row.url) and (twin := twins.at(form.url, row)):
        draft.refuse("url", twins.sentence(twin))
    if lacks_key(form, row):
        is_left = row is not None and not row.lacks_key
        entry.notes.append(GOES_ELSEWHERE if is_left else KEY_TO_TYPE)
    _compare(entry, {} if row is None else typed, entry.given)
    return entry


def lacks_key(form: InstanceForm, row: Instance | None) -> bool:
    """Whether there is no key to send there: a stored one goes to no other address."""
    return not form.api_key and (row is None or form.is_elsewhere(row) or row.lacks_key)


def _refuse_twins(entries: Sequence[FileEntry]) -> None:
    """Refuses two entries for one server, which would get its budget twice."""
    places: dict[Any, str] = {}
    for entry in entries:
        if entry.draft.is_good:
            place = twins.place(entry.draft.form.url)
            if place in places:
                entry.draft.refuse("url", f"{places[place]} has the same address.")
            places.setdefault(place, entry.path)


def _queue(entry: FileEntry, named: Mapping[str, str], held: Held) -> FileEntry:
    row = entry.match(Queue.get_or_none(Queue.key == key_of(entry.name)), held)
    given = {name: each for name, each in entry.given.items() if name != "state"}
    typed = _usual(given) if row is None else QueueForm.typed(row)
    if row is not None:
        typed["instances"] = [each.name for each in row.instances]
    merged = typed | given
    names = [name for name in merged.get("instances", []) if isinstance(name, str)]
    merged["instances"] = list(range(1, len(names) + 1))
    entry.draft = draft = QueueForm.read(pairs(merged))
    if row is not None and row.demo:
        draft.refuse("name", OF_THE_DEMO)
    unknown = [name for name in names if key_of(name) not in named]
    if unknown and not (row is not None and row.demo):
        draft.refuse("instances", NO_SUCH_INSTANCE.format(unknown[0][:60]))
    if entry.given.get("state", STATES[0]) not in STATES:
        draft.refuse("state", SENTENCES["literal_error"])
    if draft.is_good:
        after = {"instances": sorted(named[key_of(name)] for name in set(names))}
        before = {} if row is None else typed | {"instances": sorted(typed["instances"])}
        _compare(entry, before, given, after)
    else:
        _tell_missing(entry)
    return entry


def _usual(given: Mapping[str, Any]) -> dict[str, Any]:
    """What a new queue has where the file says nothing else, as on the page."""
    preset = preset_of(str(given.get("strategy", "")))
    zone = Household.current().time_zone
    usual = begun(preset, wants=list(LISTS), time_zone=zone, catch_up=True).values
    return {name: value for name, value in usual.items() if value != "" and name != "instances"}


def _views(
    entries: list[FileEntry],
    user: User | None,
    named: Mapping[str, str],
    queues: Sequence[FileEntry],
) -> list[FileEntry]:
    if user is None or not entries:
        return []
    rows = {view.key: view for view in SavedView.of(user)}
    known = {each.key for each in Queue.by_name()} | {key_of(each.name) for each in queues}
    instances, there = list(Instance.by_name()), list(Queue.by_name())
    room = MOST - len(rows)
    for entry in entries:
        entry.row = rows.get(key_of(entry.name))
        entry.draft = draft = SavedViewForm.read(pairs(entry.given))
        instance, queue = (str(entry.given.get(name, "")) for name in ("instance", "queue"))
        if instance and key_of(instance) not in named:
            draft.refuse("instance", NO_SUCH_INSTANCE.format(instance[:60]))
        if queue and key_of(queue) not in known:
            draft.refuse("queue", NO_SUCH_QUEUE.format(queue[:60]))
        if len(query_of({name: str(each) for name, each in entry.given.items()})) > LONGEST // 2:
            draft.refuse(OWN, "These filters are too long to keep.")
        room -= entry.row is None
        if room < 0:
            draft.refuse(OWN, f"You have {MOST} views: remove one first.")
        before = view_of(entry.row, instances, there) if entry.row else {}
        given = {name: entry.given.get(name) for name in before} | dict(entry.given)
        _compare(entry, before, given)
    return entries


def _compare(
    entry: FileEntry,
    before: Mapping[str, Any],
    given: Mapping[str, Any],
    after: Mapping[str, Any] | None = None,
) -> None:
    """Notes each given field whose value differs; of a secret nothing is noted."""
    if not entry.draft.is_good:
        return
    for name in given:
        if name in SECRETS or (name == "name" and entry.row is None):
            continue
        value = (after or {}).get(name, getattr(entry.draft.form, name))
        was = before.get(name)
        if (was or None) != (value or None) if not isinstance(value, bool | int) else was != value:
            entry.differences.append(Difference(name, was, value))


def _tell_missing(entry: FileEntry) -> None:
    """Says of a new entry what it cannot leave out, in the place of all that follows from it."""
    assert entry.section is not None
    if entry.row is None:
        for name in entry.section.needed:
            if name not in entry.given:
                entry.draft.refuse(name, SENTENCES["missing"])
