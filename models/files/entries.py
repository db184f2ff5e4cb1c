"""What a file would do: each of its entries beside the row of the same name."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from models.files import EXCLUSIONS, FILE, SECRETS, Section
from models.files.reading import FileFault
from models.forms import OWN, SENTENCES, Draft
from models.household.fixed import Fixed
from models.people.names import key_of

NO_SUCH_INSTANCE = "There is no instance “{}”, neither here nor in the file."
OF_THE_DEMO = "The demo library has this name: remove it first, or choose another name."
FIXED = "it stays, as it is set by {}."

Held = Callable[[Any], Mapping[str, Fixed]]


class Difference(NamedTuple):
    """A field, and its value before and after; `before` is None for a new entry."""

    field: str
    before: Any
    after: Any


@dataclass
class FileEntry:
    """One entry of a file, or its settings of the household, beside the row of the same name.

    `notes` are sentences about what a person has to do or to know.
    `is_left_out`: nothing comes of it, and a note says why.
    `lacks_secret`: it is not used until a person types in a secret, as no file holds one.
    """

    section: Section | None
    path: str
    name: str
    given: Mapping[str, Any]
    row: Any = None
    draft: Draft[Any] = field(default_factory=lambda: Draft({}, {}, None))
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lacks_secret: bool = False
    is_left_out: bool = False

    @property
    def key(self) -> str:
        return key_of(self.name)

    @property
    def state(self) -> str:
        """What becomes of it: added, changed or left."""
        if self.is_left_out:
            return "left"
        if self.row is None:
            return "added"
        return "changed" if self.differences else "left"

    @property
    def has_secrets(self) -> bool:
        """Whether files beside it hold secrets of it."""
        return not SECRETS.isdisjoint(self.given)

    def match(self, row: Any, held: Held) -> Any:
        """Sets the row of the same name; what is held of it is left out, with a note."""
        self.row, fields = row, {} if row is None else held(row)
        for name in sorted(fields.keys() & self.given.keys() - {"name"}):
            self.notes.append(f"{name}: {FIXED.format(fields[name].where)}")
        self.given = {name: each for name, each in self.given.items() if name not in fields}
        return row

    @property
    def word(self) -> str:
        return self.section.word if self.section else "settings"

    def faults(self) -> Iterator[FileFault]:
        for name, sentence in self.draft.errors.items():
            shown = name + FILE if name in SECRETS else name
            yield FileFault(self.path if name == OWN else f"{self.path}.{shown}", sentence)

    def compare(
        self,
        before: Mapping[str, Any],
        given: Iterable[str],
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Notes each given field whose value differs; of a secret nothing is noted.

        `after` are values that the draft holds in another way than the file.
        """
        if not self.draft.is_good:
            return
        for name in given:
            if name in SECRETS or (name == "name" and self.row is None):
                continue
            if name == "enabled" and self.lacks_secret:
                continue
            changed = after is not None and name in after
            value = after[name] if after and changed else getattr(self.draft.form, name)
            was = before.get(name)
            if not _is_same(was, value):
                self.differences.append(Difference(name, was, value))

    def tell_missing(self) -> None:
        """Says of a new entry what it cannot leave out, in the place of all that follows."""
        assert self.section is not None
        if self.row is None:
            for name in self.section.needed:
                if name not in self.given:
                    self.draft.refuse(name, SENTENCES["missing"])


class FilePlan(NamedTuple):
    """What a file would do; nothing is done while there are faults."""

    household: FileEntry
    instances: list[FileEntry]
    prowlarrs: list[FileEntry]
    targets: list[FileEntry]
    queues: list[FileEntry]
    views: list[FileEntry]
    exclusions: list[FileEntry]

    @property
    def entries(self) -> list[FileEntry]:
        servers = [*self.instances, *self.prowlarrs, *self.targets]
        return [self.household, *servers, *self.queues, *self.views, *self.exclusions]

    @property
    def faults(self) -> list[FileFault]:
        return [fault for each in self.entries for fault in each.faults()]

    @property
    def touched(self) -> list[FileEntry]:
        return [each for each in self.entries if each.state != "left" or each.notes]

    @property
    def cards(self) -> list[FileEntry]:
        """What a page shows one by one: all but exclusions, which may be many."""
        return [each for each in self.touched if each.section is not EXCLUSIONS]

    @property
    def excluded(self) -> list[FileEntry]:
        return [each for each in self.touched if each.section is EXCLUSIONS]

    @property
    def changes_nothing(self) -> bool:
        return not any(each.state != "left" for each in self.entries)


def _is_same(was: Any, value: Any) -> bool:
    if isinstance(was, list) and isinstance(value, list):
        return sorted(map(str, was)) == sorted(map(str, value))
    return bool(was == value) or (was in ("", None, []) and value in ("", None, []))
