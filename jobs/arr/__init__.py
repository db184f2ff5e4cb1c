"""The clients of Sonarr and Radarr, and all that the rest of the program needs of them."""

from jobs.arr.base import Client, Library
from jobs.arr.radarr import Radarr
from jobs.arr.records import (
    Command,
    Download,
    Grab,
    Health,
    Indexer,
    Page,
    Profile,
    Sight,
    Status,
    Tag,
)
from jobs.arr.sonarr import Sonarr
from jobs.net.bounds import Timeouts
from jobs.net.faults import Fault
from jobs.net.http import Connection
from jobs.net.targets import ASGIApp, Target
from jobs.net.transports import Transport

__all__ = [
    "ASGIApp",
    "Client",
    "Command",
    "Download",
    "Fault",
    "Grab",
    "Health",
    "Indexer",
    "Library",
    "Page",
    "Profile",
    "Radarr",
    "Sight",
    "Sonarr",
    "Status",
    "Tag",
    "Target",
    "Timeouts",
    "Transport",
    "connect",
]

CLIENTS: dict[str, type[Client]] = {"sonarr": Sonarr, "radarr": Radarr}


def connect(transport: Transport, target: Target) -> Client:
    """The client for this instance; nothing is sent before its first method is called."""
    return CLIENTS[target.application](Connection(transport, target))
