"""The clients of the applications: the front of this room for the rest of the program."""

from jobs.arr.api import Api
from jobs.arr.base import Client, Library
from jobs.arr.facts import FactsOfInstance
from jobs.arr.prowlarr import ProwlarrClient, ProwlarrTarget
from jobs.arr.radarr import Radarr
from jobs.arr.records import (
    Command,
    Download,
    GrabRecord,
    Health,
    Indexer,
    Meter,
    Page,
    Profile,
    Scored,
    ScoredFile,
    ScoredGrab,
    Shelf,
    Sight,
    Status,
    Tag,
)
from jobs.arr.releases import OfferList
from jobs.arr.sentences import SENTENCES
from jobs.arr.sonarr import Sonarr
from jobs.arr.targets import Target
from jobs.net import ASGIApp, Door, Fault, Noted, Timeouts, unnoted
from models.applications import Incomplete, insist

__all__ = [
    "SENTENCES",
    "ASGIApp",
    "Client",
    "Command",
    "Door",
    "Download",
    "Fault",
    "GrabRecord",
    "Health",
    "Indexer",
    "Library",
    "Meter",
    "OfferList",
    "Page",
    "Profile",
    "ProwlarrClient",
    "ProwlarrTarget",
    "Radarr",
    "Scored",
    "ScoredFile",
    "ScoredGrab",
    "Shelf",
    "Sight",
    "Sonarr",
    "Status",
    "Tag",
    "Target",
    "Timeouts",
    "connect",
    "insist_on_clients",
]

CLIENTS: dict[str, type[Client]] = {each.application.name: each for each in (Sonarr, Radarr)}
OF_SEASONS = (
    "search_season",
    "offers_of_season",
    "grabs_of_season",
    "see_season",
    "downloads_of_series",
)


def connect(door: Door, target: Target, noted: Noted = unnoted) -> Client:
    """A client for this instance; it sends nothing before its first method is called."""
    return CLIENTS[target.application](Api(door, target, noted))


def insist_on_clients() -> None:
    """Raises Incomplete unless each application, and nothing else, has a complete client."""
    insist("client", CLIENTS)
    for client in CLIENTS.values():
        if lacking := sorted(_lacking(client)):
            label = client.application.label
            raise Incomplete(f"The client of {label} lacks {', '.join(lacking)}.")


def _lacking(client: type[Client]) -> set[str]:
    told = {name for each in (FactsOfInstance, Client) for name in each.__annotations__}
    lacking = {name for name in told if not hasattr(client, name)} | client.__abstractmethods__
    if client.application.kind.has_seasons:
        lacking |= {name for name in OF_SEASONS if getattr(client, name) is getattr(Client, name)}
    return lacking
