"""Secrets of a tested connection, kept for the form that is sent next and never shown.

They are in memory, sealed, for ten minutes, one form for each session. They fill in empty fields
only if everything else of the connection is as it was when they were typed.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from models.database.fields import Sealed
from models.forms import FORGET, NEVER_KEPT, Fields
from models.forms.instances import ConnectionForm
from models.instances import Instance
from models.notifications import NoticeTarget
from models.prowlarrs import Prowlarr

Server = Instance | Prowlarr | NoticeTarget
LASTS = timedelta(minutes=10)
SECRETS = [name for name in ConnectionForm.model_fields if name in NEVER_KEPT]
PLACE = [name for name in ConnectionForm.model_fields if name not in NEVER_KEPT]
Place = tuple[int | None, tuple[str, ...]]


class ConnectionFields(NamedTuple):
    """The names of the fields of a connection: its secrets, and what says where they go."""

    secrets: Sequence[str]
    place: Sequence[str]


OF_SERVERS = ConnectionFields(SECRETS, PLACE)


class Kept(NamedTuple):
    """Kept secrets; `place` is the instance and the connection that they were typed for."""

    place: Place
    sealed: Sealed
    until: datetime


class TypedSecrets:
    """Kept secrets by session id."""

    def __init__(self) -> None:
        self._kept: dict[int, Kept] = {}

    def keep(
        self,
        session: int,
        fields: Fields,
        row: Server | None,
        at: datetime,
        names: ConnectionFields = OF_SERVERS,
    ) -> bool:
        """Keeps the typed secrets in place of earlier ones; False if there were none."""
        typed = dict(fields)
        secrets = {name: typed[name] for name in names.secrets if typed.get(name)}
        self._kept = {own: kept for own, kept in self._kept.items() if kept.until > at}
        self._kept.pop(session, None)
        if secrets:
            sealed = Sealed.of("api-key", json.dumps(secrets))
            self._kept[session] = Kept(_place(typed, row, names), sealed, at + LASTS)
        return bool(secrets)

    def fill_in(
        self,
        session: int,
        fields: Fields,
        row: Server | None,
        at: datetime,
        names: ConnectionFields = OF_SERVERS,
    ) -> list[tuple[str, str]]:
        """The fields, with kept secrets where they were left empty."""
        pairs = list(fields)
        typed, kept = dict(pairs), self._kept.get(session)
        if kept is None or kept.until <= at or kept.place != _place(typed, row, names):
            return pairs
        secrets: dict[str, str] = json.loads(kept.sealed.reveal())
        removed = _removed(typed)
        missing = {
            name: value
            for name, value in secrets.items()
            if not typed.get(name) and name not in removed
        }
        return [pair for pair in pairs if pair[0] not in missing] + list(missing.items())

    def forget(self, session: int) -> None:
        self._kept.pop(session, None)


def _removed(typed: dict[str, str]) -> set[str]:
    """The secrets that a box of the form removes."""
    boxes = [name for name, value in typed.items() if name.startswith(FORGET) and value]
    return {name.removeprefix(FORGET) for name in boxes}


def _place(typed: dict[str, str], row: Server | None, names: ConnectionFields) -> Place:
    """The form of a Prowlarr has no application, so no instance has its place."""
    where = tuple(f"{name} {typed.get(name, '').strip()}" for name in names.place)
    return (row.id if row else None), where
