"""Targets: the address, key and name of an instance, and words for its requests."""

from typing import NamedTuple

from jobs.arr.sentences import SENTENCES
from jobs.net import Address, Query, Request, Server
from models.applications import APPLICATIONS, Application

# The reply comes only when all indexers have been asked.
RELEASES = "release"

# What a path of the API is asked for; `{items}` is the application's word for its items. The
# application's own paths are named after these and their groups.
ASKED = {
    "system/status": "for its status",
    "health": "for its health",
    "qualityprofile": "for its quality profiles",
    "customformat": "for its custom formats",
    "history": "for its history",
    "tag": "for its tags",
    "indexer": "for its indexers",
    "rootfolder": "for its root folders",
    RELEASES: "for the releases that its indexers have",
    "queue/details": "for its download queue",
    "command": "for its commands",
    "moviefile": "for the scores of its files",
    "notification": "for its connections",
    "wanted/missing": "for the list of missing {items}",
    "wanted/cutoff": "for the list of {items} to upgrade",
}
# The same for paths below these.
ASKED_BELOW = {
    "history": "for its history",
    "command": "for the state of a search",
}
# What it is told to do, by the path up to its first slash.
TOLD = {
    ("POST", "command"): "to begin a search",
    ("DELETE", "command"): "to cancel a search",
    ("POST", "notification"): "to send a test to this program",
    ("PUT", "notification"): "to send to this program",
    ("DELETE", "notification"): "to send nothing more",
}


class Target(NamedTuple):
    """An instance to connect to.

    `application` is the application's name.
    `url` is the base address, with the URL base.
    `proxy` are headers for a proxy in front; they are as secret as the key.
    `name` is what people call it; only sentences use it.
    `known` is True if it has answered here before; only sentences use it.
    """

    application: str
    url: str
    key: str
    verify_tls: bool = True
    http2: bool = False
    proxy: tuple[tuple[str, str], ...] = ()
    name: str = ""
    known: bool = False

    def leads_where(self, other: "Target") -> bool:
        """Whether both send the same requests to the same place in the same way."""
        return self._replace(name="", known=False) == other._replace(name="", known=False)

    @property
    def usable_key(self) -> bool:
        """Whether the key has only printable ASCII without spaces."""
        key = self.key
        return bool(key) and key.isascii() and key.isprintable() and " " not in key

    @property
    def label(self) -> str:
        """What the application is called."""
        return APPLICATIONS[self.application].label

    def request(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        *,
        content: bytes | None = None,
        slow: bool = False,
    ) -> Request:
        """The request to a path of its API; a slow one has more time."""
        its = APPLICATIONS[self.application]
        headers = () if content is None else (("Content-Type", "application/json"),)
        words = asked(its, method, path)
        searches = path == RELEASES
        return Request(method, its.api + path, query, content, headers, slow, words, searches)

    def server(self) -> Server:
        """The server to connect to, with the words for its sentences."""
        label = self.label
        return Server(
            self.url,
            self._who(label),
            (("X-Api-Key", self.key if self.usable_key else ""), *self.proxy),
            self.verify_tls,
            self.http2,
            self.known,
            SENTENCES,
            {"Application": label},
        )

    def _who(self, label: str) -> str:
        """Its name as "Cinema (Radarr)", or as "Radarr at 192.168.1.20:7878" while it has none."""
        if self.name:
            return self.name if label.lower() in self.name.lower() else f"{self.name} ({label})"
        where = Address.of(self.url).where
        return f"{label} at {where}" if where else label


def asked(application: Application, method: str, path: str) -> str:
    """What it is asked for, in words that follow "was asked"."""
    if method != "GET":
        return TOLD[method, path.partition("/")[0]]
    kind = application.kind
    own = {kind.name: f"for its {kind.names}", kind.group or "": f"for its {kind.groups}"}
    below = ASKED_BELOW | {kind.name: f"for {kind.one}"}
    words = (ASKED | own).get(path) or below[path.partition("/")[0]]
    return words.format(items=kind.names)
