"""The applications that instances run; everything that differs between them is stated here."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

# What has a wanted list, and all wants: the first of these that holds is an item's.
LISTS = ("missing", "upgrade")
WANTS = (*LISTS, "score")


class Incomplete(Exception):
    """A part of the program is missing for an application, or names an unknown one."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of item, and the words for it; rows keep its `name`.

    `name` and `names` are one and several: "episode", "episodes".
    `group` and `groups` are what items belong to, such as "series"; None if they stand alone.
    `has_seasons` is True if a whole season can be searched and excluded.
    `out` is the word on the pages for when an item came out.
    `released_at_home` is True if the application may call an item available long before its digital
    or physical release; queues then choose which of the two they wait for.
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
        """One item in words: "an episode"."""
        return f"{'an' if self.name[0] in 'aeiou' else 'a'} {self.name}"


@dataclass(frozen=True, slots=True)
class Application:
    """A program that instances run; rows keep its `name`.

    `label` is its name on the pages, and in its own status (`appName`).
    `kind` is what its items are.
    `api` is the path of its API below the URL base.
    `page` is the path of an item's page in its own interface, before the item's slug.
    `catalogue` is the database that gives items the ids which all instances share.
    `wants` are its wanted lists.
    """

    name: str
    label: str
    kind: Kind
    api: str
    page: str
    catalogue: str
    wants: tuple[str, ...] = LISTS

    @property
    def holds(self) -> str:
        """What its library holds: "Series", "Movies"."""
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
    """Raises Incomplete unless every application, and nothing else, has this part.

    `known` are the applications that the part is registered for.
    """
    for name, application in APPLICATIONS.items():
        if name not in known:
            raise Incomplete(f"{application.label} has no {part}.")
    for name in known:
        if name not in APPLICATIONS:
            raise Incomplete(f"There is a {part} for {name}, which is no application.")
