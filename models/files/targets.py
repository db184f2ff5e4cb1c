"""Notification targets of a file: held against those here, written, and told."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.files import SECRETS
from models.files.entries import NO_SUCH_INSTANCE, FileEntry, Held
from models.forms import SENTENCES, Draft
from models.forms.bodies import pairs
from models.forms.targets import FORMS, KIND_STAYS
from models.instances import Instance
from models.notifications import NoticeTarget
from models.notifications.kinds import KINDS
from models.people.names import key_of

HOURS = ("quiet_from", "quiet_to")
# These are written although they are empty: a new target is told of something.
NEVER_LEFT_OUT = ("at_once", "digest")
NOT_OF_ITS_KIND = "{} has no such field."
TO_TYPE = "It is switched off until its secrets are typed in."
GOES_ELSEWHERE = "It gets another address: it is switched off, and its secrets are forgotten."


def draft_target(
    entry: FileEntry, there: Mapping[str, NoticeTarget], named: Mapping[str, str], held: Held
) -> FileEntry:
    """`named` are the instances here and in the file, by their keys."""
    row = entry.match(there.get(entry.key), held)
    entry.draft = draft = _draft(entry)
    unknown = [each for each in entry.given.get("instances", []) if key_of(each) not in named]
    if unknown:
        draft.refuse("instances", NO_SUCH_INSTANCE.format(unknown[0][:60]))
    if draft.is_good:
        _judge_secrets(entry)
    else:
        entry.tell_missing()
    if draft.is_good:
        before = {} if row is None else told(row, _names())
        entry.compare(before, entry.given, _after(entry, named))
    return entry


def write_target(entry: FileEntry, ids: Mapping[str, int], at: datetime) -> None:
    """`ids` are those of the instances by their keys."""
    form, row = entry.draft.form, entry.row
    if row is not None and not entry.differences and not entry.has_secrets:
        return
    kept = {} if row is None or form.moves(row.fields) else row.fields
    since = row.disabled_at if row else None
    columns = form.columns(kept, at, since)
    if entry.lacks_secret:
        columns["disabled_at"] = since or at
    if any(each.field == "instances" for each in entry.differences):
        chosen = [ids[key_of(name)] for name in entry.given["instances"]]
        columns["instances"] = json.dumps(list(dict.fromkeys(chosen)))
    if row is None:
        NoticeTarget.create(created_at=at, **columns)
    elif entry.differences or json.loads(columns["settings"]) != row.fields:
        row.change(**columns)


def target_of(row: NoticeTarget, instances: Mapping[int, str]) -> dict[str, Any] | None:
    """The entry of a target; None for one that is told of nothing but instances left out.

    `instances` are the names by the ids.
    """
    found = told(row, instances)
    if not found["instances"] and not row.is_for_all:
        return None
    form = FORMS[row.kind].model_construct(**FORMS[row.kind].typed(row))
    if any(name in SECRETS for name, _ in form.lacking({})):
        # A person decides it anew when the secrets are typed in.
        del found["enabled"]
    empty = [name for name in found if found[name] in ("", None, [])]
    return {name: found[name] for name in found if name not in empty or name in NEVER_LEFT_OUT}


def told(row: NoticeTarget, instances: Mapping[int, str]) -> dict[str, Any]:
    """The values of a target as a file has them."""
    typed = FORMS[row.kind].typed(row)
    names = sorted(instances[each] for each in typed["instances"] if each in instances)
    hours = {name: int(typed[name]) if typed[name] else None for name in HOURS}
    found = typed | {"instances": names} | hours
    order = ("name", "kind", *FORMS[row.kind].model_fields)
    return {name: found[name] for name in dict.fromkeys(order) if name in found}


def _draft(entry: FileEntry) -> Draft[Any]:
    row = entry.row
    kind = entry.given.get("kind", row.kind if row else "")
    if kind not in KINDS:
        return Draft({}, {"kind": SENTENCES["literal_error"]}, None)
    form = FORMS[kind]
    values = form.first_values(kind) if row is None else form.typed(row)
    given = {name: value for name, value in entry.given.items() if name in form.model_fields}
    if "instances" in given:
        given["instances"] = list(range(1, len(given["instances"]) + 1))
    draft = form.read(pairs(values | given))
    for name in entry.given.keys() - given.keys():
        draft.refuse(name, NOT_OF_ITS_KIND.format(KINDS[kind].label))
    if row is not None and kind != row.kind:
        draft.refuse("kind", KIND_STAYS)
    return draft


def _judge_secrets(entry: FileEntry) -> None:
    """Refuses what the form misses; what it misses of secrets is to be typed in."""
    form, kept = entry.draft.form, entry.row.fields if entry.row else {}
    for name, sentence in form.lacking(kept):
        if name in SECRETS:
            entry.lacks_secret = True
        else:
            entry.draft.refuse(name, sentence)
    if entry.lacks_secret:
        is_left = not SECRETS.isdisjoint(kept) and form.moves(kept)
        entry.notes.append(GOES_ELSEWHERE if is_left else TO_TYPE)


def _after(entry: FileEntry, named: Mapping[str, str]) -> dict[str, Any]:
    """The values that the form holds in another way than the file."""
    form, chosen = entry.draft.form, entry.given.get("instances", [])
    return {
        "instances": sorted({named[key_of(name)] for name in chosen}),
        "digest": [event for event in form.digest if event not in form.at_once],
        **{name: entry.given.get(name) for name in HOURS},
    }


def _names() -> dict[int, str]:
    return {each.id: each.name for each in Instance.by_name() if not each.demo}
