"""What is declared outside the program, and where: a ladder of sources, of which the last wins."""

import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

PREFIX = "VQS_"
SUFFIX = "_file"
# Docker, Podman and Kubernetes mount secrets here by habit.
SECRETS = Path("/run/secrets")
# systemd names here the folder of what LoadCredential= hands in.
CREDENTIALS = "CREDENTIALS_DIRECTORY"
LONGEST = 64 * 1024
ENVIRONMENT = "the environment"


class Declared(NamedTuple):
    """One setting, as a source gives it.

    `text` is the value, still to be checked.
    `where` names the place, as in "set in the environment".
    `hidden` is whether the text may be a secret, so that no message repeats it.
    `fault` is why the source could not be read; "" where it could.
    """

    text: str
    where: str = ENVIRONMENT
    hidden: bool = False
    fault: str = ""


Source = Callable[[Collection[str]], dict[str, Declared]]


def declared(names: Collection[str]) -> dict[str, Declared]:
    """What is declared of the settings with these names, such as `data_dir`, by name."""
    found: dict[str, Declared] = {}
    for source in SOURCES:
        found |= source(names)
    return found


def variable(name: str) -> str:
    return PREFIX + name.upper()


def from_environment(names: Collection[str]) -> dict[str, Declared]:
    """VQS_PORT=7337; an empty variable declares nothing."""
    ours = {variable(name): name for name in names}
    given = ((ours.get(each.upper()), text) for each, text in os.environ.items())
    return {name: Declared(text) for name, text in given if name is not None and text}


def from_named_files(names: Collection[str]) -> dict[str, Declared]:
    """VQS_PORT_FILE=/etc/vqs/port: the file holds the value."""
    paths = from_environment([name + SUFFIX for name in names if _may_be_in_a_file(name, names)])
    return {
        name.removesuffix(SUFFIX): _content(Path(each.text), variable(name))
        for name, each in paths.items()
    }


def from_secrets(names: Collection[str]) -> dict[str, Declared]:
    """/run/secrets/vqs_port holds the value; /run/secrets/vqs_secret is VQS_SECRET_FILE itself."""
    found = {}
    for folder in _folders():
        for name in names:
            path = folder / variable(name.removesuffix(SUFFIX)).lower()
            if not os.path.lexists(path):
                continue
            is_the_file = name.endswith(SUFFIX)
            found[name] = Declared(str(path), f"{folder}") if is_the_file else _content(path)
    return found


# A further source belongs where it may be overruled by those after it.
SOURCES: tuple[Source, ...] = (from_environment, from_named_files, from_secrets)


def file_variables(names: Collection[str]) -> set[str]:
    """The variables that name a file which holds the value of another setting."""
    return {variable(name + SUFFIX) for name in names if _may_be_in_a_file(name, names)}


def _may_be_in_a_file(name: str, names: Collection[str]) -> bool:
    return not name.endswith(SUFFIX) and name + SUFFIX not in names


def _folders() -> list[Path]:
    """Where secrets may lie, the later one first to be believed."""
    handed = os.environ.get(CREDENTIALS)
    return [SECRETS, *([Path(handed)] if handed else [])]


def _content(path: Path, named_by: str = "") -> Declared:
    where = f"the file {path}"
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LONGEST).strip()
    except OSError as error:
        return Declared("", named_by or where, True, f"its file cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        return Declared("", named_by or where, True, "its file holds no text")
    return Declared(text, where, True, "" if text else "its file is empty")
