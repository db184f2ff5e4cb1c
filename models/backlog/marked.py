"""Excludes many items at once, and undoes that."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from models.backlog import Item
from models.backlog.exclusions import Exclusion, apply
from models.database import database
from models.people import User


def exclude(items: Sequence[Item], *, until: datetime | None, user: User, at: datetime) -> None:
    """Excludes each of the items from now on; an earlier decision about the same is replaced."""
    made = [Exclusion.of(item, "item") for item in items]
    for each in made:
        each.user, each.decided_by = user, user.name
        each.created_at, each.until = at, until
    with database.atomic():
        for instance_id, ids in _by_instance(items).items():
            about = (Exclusion.kind == "item") & Exclusion.arr_id.in_(ids)
            Exclusion.delete().where(Exclusion.instance == instance_id, about).execute()
        Exclusion.bulk_create(made)
        _judge(items, at)


def undo(exclusions: Sequence[Exclusion], at: datetime) -> None:
    """Undoes exclusions of single items."""
    with database.atomic():
        Exclusion.delete().where(Exclusion.id.in_([each.id for each in exclusions])).execute()
        _judge(exclusions, at)


def others(items: Sequence[Item], user: User, at: datetime) -> set[int]:
    """The ids of items that somebody else excluded, whose decision the user may not replace."""
    return {
        item_id
        for item_id, rows in Exclusion.upon(items, at).items()
        if any(row.kind == "item" and not row.may_be_undone_by(user) for row in rows)
    }


def _judge(about: Iterable[Item | Exclusion], at: datetime) -> None:
    """Judges items again by the exclusions that there are now."""
    for instance_id, ids in _by_instance(about).items():
        covered = (Item.instance == instance_id) & Item.arr_id.in_(ids)
        apply(covered, instance_id, at)


def _by_instance(about: Iterable[Item | Exclusion]) -> dict[int, list[int]]:
    """The *arr ids of items, or of what exclusions are about, by the ids of their instances."""
    found: dict[int, list[int]] = {}
    for each in about:
        found.setdefault(each.instance_id, []).append(each.arr_id)
    return found
