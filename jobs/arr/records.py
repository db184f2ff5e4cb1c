"""The records that clients return, the same for all applications; moments are epoch ms UTC."""

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
    """What an instance says it is.

    `application` is its appName in lower case.
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
        """Whether both came from one process: all is equal, also the second when it started."""
        return self.started_at is not None and self == other


class Health(NamedTuple):
    """One complaint of the instance.

    `type` is ok, notice, warning or error.
    `message` is in the language of the instance's user, for people only.
    `anchor` is the part of wikiUrl after the #.
    """

    source: str
    type: str
    message: str
    anchor: str

    @property
    def no_indexer(self) -> bool:
        """Whether it says that a search would reach no indexer."""
        if self.source == "IndexerSearchCheck":
            return self.type in ("warning", "error") and self.anchor != HARMLESS
        return self.source in INDEXER_STATUS and self.type == "error"


class Profile(NamedTuple):
    """A quality profile; `fingerprint` changes with what decides which releases are wanted.

    `upgrades` is whether it lets the application replace a file at all.
    `cutoff_score` is the custom-format score from which on a file is good enough.
    `least_step` is by how much a better release must score higher.
    `reach` is the sum of its positive scores: no release can score higher.
    `scores` are the ids of custom formats with what each adds, without those that add 0.
    """

    id: int
    name: str
    fingerprint: str
    upgrades: bool = False
    cutoff_score: int = 0
    least_step: int = 1
    reach: int = 0
    scores: tuple[tuple[int, int], ...] = ()


class Shelf(NamedTuple):
    """What has a profile of its own, and is asked for its scores as one: a series, or a movie.

    `facts` is what the client needs to know of it again, as JSON.
    """

    arr_id: int
    title: str
    profile_id: int
    facts: str


class ScoredFile(NamedTuple):
    """A file with its custom-format score under its profile.

    `entry` is its item, the first monitored one where a file holds several episodes.
    `below_quality` is whether its quality is below the cutoff, so that the wanted list has it.
    """

    shelf: int
    file_id: int
    score: int
    below_quality: bool
    entry: Entry


class ScoredGrab(NamedTuple):
    """A grabbed release of sufficient quality; `at` is epoch ms by the instance's clock."""

    shelf: int
    at: int
    score: int


class Scored(NamedTuple):
    """The files of some shelves; `malformed` counts records that could not be read."""

    files: list[ScoredFile]
    malformed: int


class Meter:
    """Counts the bytes of JSON in replies."""

    def __init__(self) -> None:
        self.bytes = 0


class Tag(NamedTuple):
    id: int
    label: str


class Indexer(NamedTuple):
    """An indexer; `automatic` says if commands search it. Only health tells of its rests.

    `place` and `number` are the host and port of a Prowlarr and the indexer's id there, if the
    address of the indexer has the form of one.
    """

    id: int
    name: str
    automatic: bool
    priority: int
    place: str | None = None
    number: int | None = None


class Sight(NamedTuple):
    """An item as it is now, asked for by its id; None where the instance does not say.

    `monitored` is True only if its series is monitored too.
    `searched_at` is lastSearchTime, in epoch ms of the instance's clock.
    `score` is its file's, where this request tells it, and `profile_id` is whose score that is.
    """

    arr_id: int
    external_id: int | None
    monitored: bool
    has_file: bool | None
    below_cutoff: bool | None
    searched_at: int | None
    profile_id: int | None = None
    score: int | None = None


class Page(NamedTuple):
    """One page of a wanted list, without the items of earlier pages.

    `total` is the server's count of the whole list.
    `malformed` counts records that could not be read; `unread` are ids found in them.
    """

    number: int
    total: int
    entries: list[Entry]
    malformed: int
    unread: frozenset[int] = frozenset()


class Command(NamedTuple):
    """A command of the instance; its message and result are gone 5 to 10 minutes after its end."""

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
        """How many releases were grabbed, from the closing message; None if it does not say."""
        found = REPORTS.search(self.message)
        return int(found[1]) if found else None

    @property
    def asked_no_indexer(self) -> bool:
        return NO_INDEXER.search(self.message) is not None


class Series(NamedTuple):
    """The facts about a series that wanted lists leave out."""

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
    """A season as its series describes it; `ended` means that no episode is still to air."""

    series_id: int
    number: int
    monitored_episodes: int
    ended: bool


class GrabRecord(NamedTuple):
    """A release grabbed by a search of a user or of the API, at the server's time `at`."""

    arr_id: int
    title: str
    indexer: str
    at: int
    download_id: str | None


class Download(NamedTuple):
    """One entry of the download queue.

    A season pack has one for each episode, with the same `download_id`.
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
        """Whether it is downloading: not done, not stuck, and not held back by a delay profile."""
        return self.status in ("queued", "downloading") and self.health != "error"

    @property
    def unfinished(self) -> bool:
        """Whether it may still bring its item, so that another release would be too many."""
        return self.state not in ("imported", "failed", "failedPending", "ignored")


class RootFolder(NamedTuple):
    """A root folder; `free_bytes` is None if unknown, `accessible` False if it says so."""

    id: int
    path: str
    free_bytes: int | None
    accessible: bool = True
