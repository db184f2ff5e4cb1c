"""Finds a Prowlarr that is stored already: stored twice, all that it tells would count twice."""

from models.instances.twins import place
from models.prowlarrs import Prowlarr

SAME = "This is the same Prowlarr as {name}."


def twin_of(url: str, key: str, but: Prowlarr | None = None) -> Prowlarr | None:
    """The real Prowlarr at this normalised address or with this key, other than `but`."""
    rows = Prowlarr.by_name().where(~Prowlarr.demo)
    others = [each for each in rows if but is None or each.id != but.id]
    return next(
        (
            each
            for each in others
            if place(each.url) == place(url) or (key and each.api_key.reveal() == key)
        ),
        None,
    )
