"""Excludes many items at once, and undoes that."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from models.backlog import Item
from models.backlog.exclusions import Exclusion, apply
from models.database import database
from models.database.fields import from_ms, ms_or_none, to_ms
from models.people import User


class Replaced(msgspec.Struct, frozen=True):
    """An exclusion that another one replaced; times are in epoch ms."""

    user: int | None
    decided_by: str
    title: str
    note: str
    created_at: int
    until: int | None

    @classmethod
    def of(cls, row: Exclusion) -> "Replaced":
        created, until = to_ms(row.created_at), ms_or_none(row.until)
        return cls(row.user_id, row.decided_by, row.title, row.note, created, until)

    def again(self, by: Exclusion, at: datetime) -> Exclusion | None:
        """The exclusion anew, not saved, about what `by` is about; None if it has ended."""
        if self.until is not None and self.until <= to_ms(at):
            return None
        return Exclusion(
            instance=by.instance_id,
            kind=by.kind,
            arr_id=by.arr_id,
            user=User.get_or_none(id=self.user),
            decided_by=self.decided_by,
            title=self.title,
            note=self.note,
            created_at=from_ms(self.created_at),
            until=None if self.until is None else from_ms(self.until),
        )


def exclude(items: Sequence[Item], *, until: datetime | None, user: User, at: datetime) -> None:
    """Excludes each of the items from now on.

    An earlier decision about the same item is replaced, and kept for an undo.
    """
    made = [Exclusion.of(item, "item") for item in items]
    for each in made:
        each.user, each.decided_by = user, user.name
        each.created_at, each.until = at, until
    earlier: dict[tuple[int, int], Exclusion] = {}
    with database.atomic():
        for instance_id, ids in _by_instance(items).items():
            about = (Exclusion.kind == "item") & Exclusion.arr_id.in_(ids)
            about &= Exclusion.instance == instance_id
            earlier |= {
                (instance_id, row.arr_id): row for row in Exclusion.in_force(at).where(about)
            }
            Exclusion.delete().where(about).execute()
        for each in made:
            if row := earlier.get((each.instance_id, each.arr_id)):
                each.replaced_json = msgspec.json.encode(Replaced.of(row)).decode()
        Exclusion.bulk_create(made)
        _judge(items, at)


def undo(exclusions: Sequence[Exclusion], at: datetime) -> tuple[int, int]:
    """Undoes exclusions of single items, and puts back what each of them replaced.

    Returns how many items are not excluded by such a decision any more, and how many are as before.
    """
    with database.atomic():
        gone = [each for each in exclusions if each.delete_instance()]
        again = [before for each in gone if (before := _before(each, at))]
        Exclusion.bulk_create(again)
        _judge(exclusions, at)
    return len(gone) - len(again), len(again)


def _before(exclusion: Exclusion, at: datetime) -> Exclusion | None:
    if not exclusion.replaced_json:
        return None
    replaced = msgspec.json.decode(exclusion.replaced_json, type=Replaced)
    return replaced.again(exclusion, at)


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
