"""Writes the settings as a file: no secret, no role and no people are in it."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from models.files import FORMAT, HOUSEHOLD, INSTANCES, PROWLARRS, Section
from models.files.exclusions import exclusions_of
from models.files.targets import target_of
from models.forms import Stored
from models.forms.history import NAMES
from models.forms.instances import InstanceForm
from models.forms.prowlarrs import ProwlarrForm
from models.forms.queues import QueueForm
from models.forms.schedules import FIELDS_OF, OF_A_KIND
from models.forms.settings import HouseForm
from models.household import Household
from models.instances import Instance
from models.notifications import NoticeTarget
from models.people import User
from models.prowlarrs import Prowlarr
from models.queues import Queue
from models.searches.saved_views import SavedView

# What a person decides anew when the key is typed in.
NOT_TOLD = frozenset({"enabled"})


def written(user: User, at: datetime) -> str:
    """The settings as JSON, with the saved views of this person; the demo library is left out."""
    instances = [each for each in Instance.by_name() if not each.demo]
    queues = [each for each in Queue.by_name() if not each.demo]
    prowlarrs = [each for each in Prowlarr.by_name() if not each.demo]
    names = {each.id: each.name for each in instances}
    targets = [target_of(each, names) for each in NoticeTarget.by_name()]
    found = {
        "format": FORMAT,
        HOUSEHOLD: HouseForm.typed(Household.current()),
        "instances": [server_of(each, INSTANCES, InstanceForm) for each in instances],
        "prowlarrs": [server_of(each, PROWLARRS, ProwlarrForm) for each in prowlarrs],
        "notifications": [each for each in targets if each is not None],
        "queues": [queue_of(each) for each in queues],
        "views": [view_of(each, instances, queues) for each in SavedView.of(user)],
        "exclusions": exclusions_of(at),
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def server_of(row: Instance | Prowlarr, section: Section, form: type[Stored]) -> dict[str, Any]:
    typed = form.typed(row)
    names = [name for name in form.model_fields if name in section.fields]
    left_out = NOT_TOLD | {name for name in names if name.startswith("proxy_")}
    return _filled({"name": typed["name"]} | {n: typed[n] for n in names if n not in left_out})


def queue_of(queue: Queue) -> dict[str, Any]:
    typed = QueueForm.typed(queue) | {"instances": [each.name for each in queue.instances]}
    own = OF_A_KIND - FIELDS_OF[queue.schedule.kind]
    own |= set() if queue.strategy == "custom" else {"wants"}
    told = {name: typed[name] for name in QueueForm.model_fields if name not in own}
    return _filled({"name": queue.name, "state": state_of(queue)} | told)


def state_of(queue: Queue) -> str:
    if queue.paused_at:
        return "paused"
    return "running" if queue.started_at else "waiting"


def view_of(
    view: SavedView, instances: Iterable[Instance], queues: Iterable[Queue]
) -> dict[str, Any]:
    filters = dict(parse_qsl(view.filters))
    found = {name: filters.get(name, "") for name in NAMES}
    for name, rows in (("instance", instances), ("queue", queues)):
        found[name] = {str(each.id): each.name for each in rows}.get(found[name], "")
    return _filled({"name": view.name} | found)


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are not empty: an empty field is the same as one that is left out."""
    return {name: value for name, value in values.items() if value not in ("", None, [])}
