"""Holds what a file says against what there is: what it would add, change and leave."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from models.applications import LISTS
from models.files import (
    EXCLUSIONS,
    HOUSEHOLD,
    INSTANCES,
    PROWLARRS,
    QUEUES,
    STATES,
    TARGETS,
    VIEWS,
    Section,
)
from models.files.entries import FIXED, NO_SUCH_INSTANCE, OF_THE_DEMO, FileEntry, FilePlan, Held
from models.files.exclusions import draft_exclusions
from models.files.reading import FileContent
from models.files.servers import draft_instance, draft_prowlarr, refuse_twins
from models.files.targets import draft_target
from models.files.writing import view_of
from models.forms import OWN, SENTENCES
from models.forms.bodies import pairs
from models.forms.history import SavedViewForm, query_of
from models.forms.presets import begun
from models.forms.queues import QueueForm
from models.forms.settings import HouseForm
from models.household import Household
from models.household.fixed import Fixed, fixed
from models.instances import Instance
from models.notifications import NoticeTarget
from models.people import User
from models.people.names import key_of
from models.prowlarrs import Prowlarr
from models.queues import Queue
from models.queues.strategies import preset_of
from models.searches.saved_views import LONGEST, MOST, SavedView

NO_SUCH_QUEUE = "There is no queue “{}”, neither here nor in the file."


def _nothing(row: Any) -> Mapping[str, Fixed]:
    return {}


def drafted(
    document: FileContent, user: User | None, at: datetime, held: Held = _nothing
) -> FilePlan:
    """The plan of a file.

    `user` is whose views and exclusions it may hold. `held` gives the fields of a row that stay as
    they are.
    """
    there = {each.key: each for each in Instance.by_name() if not each.demo}
    named = {key: each.name for key, each in there.items()}
    named |= {
        key_of(each["name"]): each["name"] for each in document.of(INSTANCES) if "name" in each
    }
    instances = [draft_instance(each, there, held) for each in _entries(document, INSTANCES)]
    others = {each.key: each for each in Prowlarr.by_name() if not each.demo}
    prowlarrs = [draft_prowlarr(each, others, held) for each in _entries(document, PROWLARRS)]
    refuse_twins(instances)
    refuse_twins(prowlarrs)
    told = {each.key: each for each in NoticeTarget.by_name()}
    targets = [draft_target(each, told, named, held) for each in _entries(document, TARGETS)]
    queues = [_queue(each, named, held) for each in _entries(document, QUEUES)]
    views = _views(_entries(document, VIEWS), user, named, queues)
    household = _household(document.household)
    excluded = [] if user is None else _entries(document, EXCLUSIONS)
    exclusions = draft_exclusions(excluded, named, user, at)
    return FilePlan(household, instances, prowlarrs, targets, queues, views, exclusions)


def _entries(document: FileContent, section: Section) -> list[FileEntry]:
    return [
        FileEntry(section, f"{section.name}[{number}]", _name(given), given)
        for number, given in enumerate(document.of(section))
    ]


def _name(given: Mapping[str, Any]) -> str:
    """What a page calls the entry."""
    return str(given.get("name") or given.get("title", "")).strip()


def _household(given: Mapping[str, Any]) -> FileEntry:
    row = Household.current()
    entry = FileEntry(None, HOUSEHOLD, "the household", given, row)
    typed = HouseForm.typed(row)
    free = {name: value for name, value in given.items() if name not in fixed()}
    for name in given:
        if name in fixed() and fixed()[name].value != given[name]:
            entry.notes.append(f"{name}: {FIXED.format(fixed()[name].where)}")
    entry.draft = HouseForm.read(pairs(typed | free))
    entry.compare(typed, free)
    return entry


def _queue(entry: FileEntry, named: Mapping[str, str], held: Held) -> FileEntry:
    row = entry.match(Queue.get_or_none(Queue.key == entry.key), held)
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
        entry.compare(before, given, after)
    else:
        entry.tell_missing()
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
    known = {each.key for each in Queue.by_name()} | {each.key for each in queues}
    instances, there = list(Instance.by_name()), list(Queue.by_name())
    room = MOST - len(rows)
    for entry in entries:
        entry.row = rows.get(entry.key)
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
        entry.compare(before, given)
    return entries
