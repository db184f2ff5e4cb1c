"""Bodies of webhooks, as the sources of Sonarr and Radarr make them: only the kind is read."""

from typing import Any

import msgspec

from models.applications import Application
from models.hooks import HookHint

# The history and the lists may be others than before.
OF_LISTS = frozenset(
    (
        *("Download", "EpisodeFileDelete", "MovieFileDelete"),
        *("SeriesAdd", "SeriesDelete", "MovieAdded", "MovieDelete"),
    )
)
# Health, downloads and disks may be others than before.
OF_STATE = frozenset(("Grab", "ManualInteractionRequired", "Health", "HealthRestored"))
SUBJECTS = ("series", "movie", "artist", "author")
LONGEST_KIND = 100


class HookBody(msgspec.Struct, rename="camel", gc=False):
    """What is read of a body: its kind, and what it tells of."""

    event_type: str
    series: Any = msgspec.UNSET
    movie: Any = msgspec.UNSET
    artist: Any = msgspec.UNSET
    author: Any = msgspec.UNSET


def hint_of(body: bytes, application: Application) -> HookHint | None:
    """What to look at after an event; None for what is no event.

    Kinds that are not known, and the test, only show that webhooks arrive.
    """
    try:
        told = msgspec.json.decode(body, type=HookBody)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not 0 < len(told.event_type) <= LONGEST_KIND:
        return None
    subjects = {name for name in SUBJECTS if getattr(told, name) is not msgspec.UNSET}
    if subjects and (application.kind.group or application.kind.name) not in subjects:
        return HookHint(is_strange=True)
    return HookHint(lists=told.event_type in OF_LISTS, state=told.event_type in OF_STATE)
