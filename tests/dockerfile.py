"""Reads the Dockerfile as a builder does."""

import json
import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "Dockerfile").read_text()
INSTRUCTIONS = re.findall(r"^([A-Z]+) (.+?)$", TEXT.replace("\\\n", " "), re.MULTILINE)
FINAL_STAGE = TEXT[TEXT.rindex("\nFROM ") :]
USER = 1000


def of(word: str) -> list[str]:
    """The arguments of each instruction with that name."""
    return [rest for instruction, rest in INSTRUCTIONS if instruction == word]


def copied() -> set[str]:
    """The files and folders of the program that the image holds."""
    sources = [rest.split()[:-1] for rest in of("COPY")]
    ours = [names for names in sources if names[0] != "--from=build"]
    return {name for names in ours for name in names} - {"requirements.txt"}


def health_command() -> list[str]:
    (rest,) = of("HEALTHCHECK")
    return json.loads(rest[rest.index("CMD ") + 4 :])


def variables() -> dict[str, str]:
    """The image's own environment, but for where its Python is."""
    pairs = (pair.partition("=") for rest in of("ENV") for pair in shlex.split(rest))
    return {name: value for name, _, value in pairs if name != "PATH"}
