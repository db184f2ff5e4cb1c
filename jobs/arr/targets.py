"""An instance as one that is asked: its address and key, its name, and what it is asked for."""

from typing import NamedTuple

from jobs.arr.sentences import SENTENCES
from jobs.net import Address, Query, Request, Server
from models.applications import APPLICATIONS, Application

# What one path of the API is asked for; `{items}` are what the application calls its items. Its
# own paths are named after these and their groups.
ASKED = {
    "system/status": "for its status",
    "health": "for its health",
    "qualityprofile": "for its quality profiles",
    "tag": "for its tags",
    "indexer": "for its indexers",
    "rootfolder": "for its root folders",
    "queue/details": "for its download queue",
    "command": "for its commands",
    "wanted/missing": "for the list of missing {items}",
    "wanted/cutoff": "for the list of {items} to upgrade",
}
# The same for the paths below these.
ASKED_BELOW = {
    "history": "for its history",
    "command": "for the state of a search",
}


class Target(NamedTuple):
    """`application` is the name of one, `url` its base address, the URL base included.

    `proxy` holds headers for what stands in front; they are as secret as the key. For sentences
    alone: `name` is what people call it, `known` says whether it has answered here before.
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
        """Whether the same requests go to the same place in the same way."""
        return self._replace(name="", known=False) == other._replace(name="", known=False)

    @property
    def usable_key(self) -> bool:
        """Whether the key can be one: without spaces, and of letters, digits and signs."""
        key = self.key
        return bool(key) and key.isascii() and key.isprintable() and " " not in key

    def server(self) -> Server:
        """Where and how it is asked, and how sentences name it."""
        label = APPLICATIONS[self.application].label
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
        """Cinema (Radarr), or Radarr at 192.168.1.20:7878 while it has no name."""
        if self.name:
            return self.name if label.lower() in self.name.lower() else f"{self.name} ({label})"
        where = Address.of(self.url).where
        return f"{label} at {where}" if where else label


def request(
    application: str,
    method: str,
    path: str,
    query: Query | None = None,
    *,
    content: bytes | None = None,
    slow: bool = False,
) -> Request:
    """What is asked of a path of the API; a slow one is given more time."""
    its = APPLICATIONS[application]
    headers = () if content is None else (("Content-Type", "application/json"),)
    words = asked(its, method, path)
    return Request(method, its.api + path, query, content, headers, slow, words)


def asked(application: Application, method: str, path: str) -> str:
    """As it follows the words "was asked"."""
    if method == "POST":
        return "to begin a search"
    if method == "DELETE":
        return "to cancel a search"
    kind = application.kind
    own = {kind.name: f"for its {kind.names}", kind.group or "": f"for its {kind.groups}"}
    below = ASKED_BELOW | {kind.name: f"for {kind.one}"}
    words = (ASKED | own).get(path) or below[path.partition("/")[0]]
    return words.format(items=kind.names)
