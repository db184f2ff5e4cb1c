"""What the clients give back: the same for all applications; all moments are epoch ms UTC."""

import re
from typing import NamedTuple

from models.backlog import Entry

FINISHED = frozenset({"completed", "failed", "aborted", "cancelled", "orphaned"})
REPORTS = re.compile(r"\b(\d{1,6}) reports? downloaded", re.IGNORECASE)
NO_INDEXER = re.compile(r"\b0 active indexers", re.IGNORECASE)
INDEXER_STATUS = frozenset({"IndexerStatusCheck", "IndexerLongTermStatusCheck"})
# Only searches by hand in the application's own pages need an interactive indexer.
HARMLESS = "no-indexers-available-with-interactive-search-enabled"


class Status(NamedTuple):
    """What an instance says it is; `application` is its appName in small letters.

    `data_folder` and `program_folder` are paths on its own machine.
    """

    application: str
    version: str
    instance_name: str
    url_base: str
    started_at: int | None
    data_folder: str = ""
    program_folder: str = ""

    def is_same_process(self, other: "Status") -> bool:
        """Whether both came from one process: all is equal, the second when it started as well."""
        return self.started_at is not None and self == other


class Health(NamedTuple):
    """One complaint of the instance.

    `type` is ok, notice, warning or error. `anchor` is the part of wikiUrl after the #. `message`
    is in the language of the instance's user: it is for people only.
    """

    source: str
    type: str
    message: str
    anchor: str

    @property
    def no_indexer(self) -> bool:
        """Whether it says that a search would reach no indexer at all."""
        if self.source == "IndexerSearchCheck":
            return self.type in ("warning", "error") and self.anchor != HARMLESS
        return self.source in INDEXER_STATUS and self.type == "error"


class Profile(NamedTuple):
    """`fingerprint` changes with anything that decides which releases are wanted."""

    id: int
    name: str
    fingerprint: str


class Tag(NamedTuple):
    id: int
    label: str


class Indexer(NamedTuple):
    """`automatic` says whether commands search it; whether it is backing off only health tells."""

    id: int
    name: str
    automatic: bool
    priority: int


class Sight(NamedTuple):
    """One item as it is now, asked for by its id; None where the instance does not say.

    `monitored` is of an episode and of its series; `searched_at` is lastSearchTime, epoch ms by the
    instance's clock.
    """

    arr_id: int
    external_id: int | None
    monitored: bool
    has_file: bool | None
    below_cutoff: bool | None
    searched_at: int | None


class Page(NamedTuple):
    """One page of a wanted list, without what earlier pages held; `total` is the server's count.

    `malformed` counts the records that could not be read, `unread` are the ids that those show.
    """

    number: int
    total: int
    entries: list[Entry]
    malformed: int
    unread: frozenset[int] = frozenset()


class Command(NamedTuple):
    """A command of the instance; message and result are gone 5 to 10 minutes after its end."""

    id: int
    name: str
    status: str
    result: str
    message: str
    queued: int | None
    started: int | None
    ended: int | None
    exception: str
    arr_ids: tuple[int, ...]
    season: tuple[int, int] | None

    @property
    def finished(self) -> bool:
        return self.status in FINISHED

    @property
    def failed(self) -> bool:
        return self.finished and (self.status != "completed" or self.result == "unsuccessful")

    @property
    def reports(self) -> int | None:
        """How many releases were taken, from the closing message; None if it does not say."""
        found = REPORTS.search(self.message)
        return int(found[1]) if found else None

    @property
    def asked_no_indexer(self) -> bool:
        return NO_INDEXER.search(self.message) is not None


class Series(NamedTuple):
    """What the wanted lists leave out about a series."""

    id: int
    title: str | None
    sort_title: str
    status: str | None
    type: str | None
    profile_id: int | None
    root_folder: str | None
    slug: str
    year: int | None
    tags: tuple[int, ...]
    seasons: "tuple[SeasonFacts, ...]"


class SeasonFacts(NamedTuple):
    """A season as its series tells of it; ended means that nothing of it is still to air."""

    series_id: int
    number: int
    monitored_episodes: int
    ended: bool


class GrabRecord(NamedTuple):
    """A release that a search by a user or by the API took, at the server's time `at`."""

    arr_id: int
    title: str
    indexer: str
    at: int
    download_id: str | None


class Download(NamedTuple):
    """One item in the download queue; a season pack has one for each episode, with the same
    `download_id`.
    """

    arr_id: int | None
    series_id: int | None
    season: int | None
    download_id: str | None
    title: str
    status: str
    health: str
    state: str

    @property
    def active(self) -> bool:
        """Neither done nor stuck, nor held back by a delay profile: no client has that one yet."""
        return self.status in ("queued", "downloading") and self.health != "error"

    @property
    def unfinished(self) -> bool:
        """Whether another release of the item would be one too many."""
        return self.state not in ("imported", "failed", "failedPending", "ignored")


class RootFolder(NamedTuple):
    """`free_bytes` is None where the instance cannot tell; `accessible` is False if it says so."""

    id: int
    path: str
    free_bytes: int | None
    accessible: bool = True
