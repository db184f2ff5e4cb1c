"""The applications that we talk to, as facts: what differs between them stands here, once."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

WANTS = ("missing", "upgrade")


class Incomplete(Exception):
    """An application lacks a part of the program, or such a part belongs to no application."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What one item is, and the words for it; `name` is kept on its row.

    `name` and `names` are one and several: "episode", "episodes".
    `group` and `groups` are what several items belong to: "series". None where items stand alone.
    `has_seasons` says that a season of a group is searched and excluded as a whole, too.
    `out` is the word on the pages for the moment when an item came out.
    `released_at_home` says that the application may call an item available long before its digital
    or physical release, so that queues choose which of the two they wait for.
    """

    name: str
    names: str
    out: str
    group: str | None = None
    groups: str | None = None
    has_seasons: bool = False
    released_at_home: bool = False

    @property
    def one(self) -> str:
        """ "an episode"."""
        return f"{'an' if self.name[0] in 'aeiou' else 'a'} {self.name}"


@dataclass(frozen=True, slots=True)
class Application:
    """One program that instances run; `name` is kept on their rows.

    `label` is its name on the pages, and the name by which it introduces itself (`appName`).
    `kind` is what its items are.
    `api` is the path of its API below the URL base.
    `page` is the path of an item's page in its own interface; the item's slug follows.
    `catalogue` is where the numbers come from that all instances share: an item's external id.
    `wants` are the wanted lists that it has.
    """

    name: str
    label: str
    kind: Kind
    api: str
    page: str
    catalogue: str
    wants: tuple[str, ...] = WANTS

    @property
    def holds(self) -> str:
        """What its library is made of: "Series", "Movies"."""
        return (self.kind.groups or self.kind.names).capitalize()


EPISODE = Kind("episode", "episodes", "Aired", group="series", groups="series", has_seasons=True)
MOVIE = Kind("movie", "movies", "Out", released_at_home=True)

SONARR = Application("sonarr", "Sonarr", EPISODE, "/api/v3/", "series", "TVDB")
RADARR = Application("radarr", "Radarr", MOVIE, "/api/v3/", "movie", "TMDB")

# In the order in which the pages name them.
APPLICATIONS: dict[str, Application] = {each.name: each for each in (SONARR, RADARR)}


def application_named(name: str) -> Application:
    return APPLICATIONS[name]


@cache
def kind_named(name: str) -> Kind:
    for application in APPLICATIONS.values():
        if application.kind.name == name:
            return application.kind
    raise KeyError(name)


def insist(part: str, known: Collection[str]) -> None:
    """Raises Incomplete unless each application, and nothing else, has this part.

    `known` are the names of the applications that the part is registered for.
    """
    for name, application in APPLICATIONS.items():
        if name not in known:
            raise Incomplete(f"{application.label} has no {part}.")
    for name in known:
        if name not in APPLICATIONS:
            raise Incomplete(f"There is a {part} for {name}, which is no application.")
