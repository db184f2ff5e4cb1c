"""The file of VQS_CONFIG_FILE: what it declares holds from the start on, and is edited there."""

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from models.database import database
from models.database.locks import Lock
from models.declared import LONGEST
from models.files import (
    FILE,
    HOUSEHOLD,
    INSTANCES,
    LARGEST,
    PROWLARRS,
    QUEUES,
    SECRETS,
    SECTIONS,
    TARGETS,
)
from models.files.applying import apply
from models.files.drafting import drafted
from models.files.entries import FilePlan
from models.files.reading import FileContent, FileFault, UnreadableFile, read
from models.forms import FORGET, Draft, Fields, Unsent
from models.forms.bodies import pairs
from models.forms.targets import missing_secrets
from models.household.fixed import Fixed
from models.instances import Instance
from models.notifications import NoticeTarget
from models.people import User
from models.people.names import key_of
from models.prowlarrs import Prowlarr
from models.queues import Queue

# How a queue comes in; afterwards people pause it as they like.
NEVER_FIXED = frozenset({"state"})
TOML = ".toml"
ENDINGS = (".json", TOML)
Declarable = Instance | Prowlarr | NoticeTarget | Queue
SECTION_OF = {
    Instance: INSTANCES,
    Prowlarr: PROWLARRS,
    NoticeTarget: TARGETS,
    Queue: QUEUES,
}
STAYS = "It is declared in {}; take it out there first, and start the program again."


class FilledForm(Protocol):
    """A form that fills in rows."""

    def typed(self, row: Any, /) -> dict[str, Any]: ...


class DeclaredFile(NamedTuple):
    """A file of settings, read at start; secrets that it names by their files are in it."""

    path: Path
    document: FileContent

    @property
    def where(self) -> str:
        return f"the file {self.path}"


_current: list[DeclaredFile] = []


def current() -> DeclaredFile | None:
    return _current[0] if _current else None


def use(found: DeclaredFile | None) -> None:
    """Lets nobody edit what this file declares, from now on."""
    _current[:] = [] if found is None else [found]


def load(path: Path) -> DeclaredFile:
    """The file at this path. Raises UnreadableFile, also for what it names and cannot be read."""
    if path.suffix.lower() not in ENDINGS:
        raise UnreadableFile([FileFault("", "Its name must end in .json or .toml.")])
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LARGEST + 1)
    except OSError as error:
        raise UnreadableFile([FileFault("", f"It cannot be read: {error.strerror}.")]) from None
    except UnicodeDecodeError:
        raise UnreadableFile([FileFault("", "It holds no text.")]) from None
    faults: list[FileFault] = []
    try:
        document = read(text, toml=path.suffix.lower() == TOML, declared=True)
    except UnreadableFile as error:
        if error.rest is None:
            raise
        document, faults = error.rest, error.faults
    entries = {
        name: [
            _with_secrets(f"{name}[{number}]", each, path.parent, faults)
            for number, each in enumerate(document.of(section))
        ]
        for name, section in SECTIONS.items()
    }
    if faults:
        raise UnreadableFile(faults, document)
    return DeclaredFile(path, document._replace(entries=entries))


def apply_declared(at: datetime) -> None:
    """Writes what the file declares, in one transaction. Raises UnreadableFile.

    Queues belong to the first administrator; without one they wait for the first account.
    """
    if (file := current()) is None:
        return
    with database.atomic():
        database.lock_until_commit(Lock.CHANGES)
        plan = _plan(file, at)
        if plan.faults:
            raise UnreadableFile(plan.faults)
        apply(plan, User.first_administrator(), at)


def declared_faults(at: datetime) -> list[FileFault]:
    """What keeps the next start from writing what the file declares."""
    file = current()
    return _plan(file, at).faults if file else []


def _plan(file: DeclaredFile, at: datetime) -> FilePlan:
    """What is to be written; the settings of the household hold without being written."""
    return drafted(file.document._replace(household={}), None, at)


def declared_household(file: DeclaredFile) -> dict[str, tuple[str, str]]:
    """Text and place of each setting of the household that the file declares."""
    return {
        name: (str(value), f"{HOUSEHOLD}.{name} in {file.where}")
        for name, value in file.document.household.items()
    }


def fixed_fields(row: Declarable | None) -> dict[str, Fixed]:
    """The fields of a row's form that the file declares; {} for a row that it does not."""
    file = current()
    if file is None or row is None:
        return {}
    section = SECTION_OF[type(row)]
    for number, given in enumerate(file.document.of(section)):
        if key_of(given["name"]) == row.key and not getattr(row, "demo", False):
            where = f"{section.name}[{number}] in {file.where}"
            names = [name for name in given if name not in NEVER_FIXED]
            if _lacks_secret(row):
                # It is switched off until a person types it in.
                names = [name for name in names if name != "enabled"]
            return {name: Fixed(None if name in SECRETS else given[name], where) for name in names}
    return {}


def _lacks_secret(row: Declarable) -> bool:
    if isinstance(row, NoticeTarget):
        return bool(missing_secrets(row))
    return not isinstance(row, Queue) and row.lacks_key


def file_of(row: Declarable | None) -> DeclaredFile | None:
    """The file that declares the row."""
    return current() if fixed_fields(row) else None


def told_of(row: Declarable | None) -> dict[str, str]:
    """What a form says beside each field that the file declares."""
    file = file_of(row)
    return dict.fromkeys(fixed_fields(row), f"Declared in {file.path.name}.") if file else {}


def stays(row: Declarable) -> str:
    """Why the row cannot be deleted; "" for one that can."""
    found = fixed_fields(row)
    return STAYS.format(found["name"].where) if found else ""


def with_declared(fields: Fields, row: Declarable | None, form: FilledForm) -> Fields:
    """The sent fields, and what the file declares: a control that cannot be used sends nothing."""
    names = fixed_fields(row)
    typed, sent = form.typed(row) if names else {}, {name for name, _ in fields}
    absent = {name: typed[name] for name in names if name in typed and name not in sent}
    filled: Fields = [*fields, *pairs(absent)]
    return Unsent(filled) if isinstance(fields, Unsent) else filled


def refuse_declared(draft: Draft[Any], row: Declarable) -> None:
    """Refuses a draft that says something else than the row in a field that the file declares."""
    names = fixed_fields(row)
    if not names or not draft.is_good:
        return
    form = draft.form
    typed = form.typed(row)
    for name, each in names.items():
        was = "" if name in SECRETS else typed.get(name)
        box = "proxy_forget" if name == "proxy_name" else FORGET + name
        if getattr(form, box, False) or _plain(getattr(form, name)) != _plain(was):
            draft.refuse(name, f"{each.sentence} Nothing was saved.")


def _plain(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, list) else value or None


def _with_secrets(
    path: str, given: dict[str, Any], folder: Path, faults: list[FileFault]
) -> dict[str, Any]:
    """The entry with the content of the files that it names, by the folder of its own file."""
    found = {name: each for name, each in given.items() if name.removesuffix(FILE) not in SECRETS}
    for name in sorted(SECRETS):
        if name + FILE in given:
            try:
                text = (folder / given[name + FILE]).read_text(encoding="utf-8")[:LONGEST].strip()
            except (OSError, UnicodeDecodeError) as error:
                why = getattr(error, "strerror", None) or "it holds no text"
                faults.append(FileFault(f"{path}.{name}{FILE}", f"The file cannot be read: {why}."))
                continue
            if not text:
                faults.append(FileFault(f"{path}.{name}{FILE}", "The file is empty."))
            found[name] = text
    return found
