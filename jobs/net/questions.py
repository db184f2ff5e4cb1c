"""What was asked of whom, in words that may be shown."""

from typing import NamedTuple

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

# Sentences about an address that has worked: it is not the address that is wrong.
ONCE_IT_WORKED = {
    "refused": "refused.known",
    "localhost": "refused.known",
    "name_not_found": "name_not_found.known",
    "tls.wants_https": "tls.wants_https_known",
}


class Question(NamedTuple):
    """No key and no query is among it.

    `name` is what people call the instance, if it has a name yet; `path` begins below the URL
    base with `tail`; `known` says that the address has worked before, `introduced` that a proxy in
    front was told a name, a password or headers.
    """

    application: str
    where: str
    host: str
    origin: str
    base: str = ""
    method: str = "GET"
    asked_path: str = ""
    name: str = ""
    known: bool = False
    introduced: bool = False

    @property
    def its(self) -> Application:
        """The facts of its application."""
        return APPLICATIONS[self.application]

    @property
    def tail(self) -> str:
        return self.its.api + self.asked_path

    @property
    def path(self) -> str:
        return self.base + self.tail

    @property
    def is_plain(self) -> bool:
        return self.origin.startswith("http:")

    @property
    def who(self) -> str:
        """Cinema (Radarr), or Radarr at 192.168.1.20:7878 while it has no name."""
        label = self.its.label
        if not self.name:
            return f"{label} at {self.where}" if self.where else label
        return self.name if label.lower() in self.name.lower() else f"{self.name} ({label})"

    @property
    def asked(self) -> str:
        """As it follows the words "was asked"."""
        if self.method == "POST":
            return "to begin a search"
        if self.method == "DELETE":
            return "to cancel a search"
        kind, path = self.its.kind, self.asked_path
        own = {kind.name: f"for its {kind.names}", kind.group or "": f"for its {kind.groups}"}
        below = ASKED_BELOW | {kind.name: f"for {kind.one}"}
        words = (ASKED | own).get(path) or below[path.partition("/")[0]]
        return words.format(items=kind.names)

    def kind(self, kind: str) -> str:
        """The kind of fault whose sentence fits what is known of the address."""
        return ONCE_IT_WORKED.get(kind, kind) if self.known else kind

    def facts(self) -> dict[str, object]:
        """What sentences are filled in with."""
        return {
            "who": self.who,
            "asked": self.asked,
            "Application": self.its.label,
            "host": self.host,
        }
