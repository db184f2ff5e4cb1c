"""The documents of the program as blocks that a template shows: the Markdown that they use."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

FOLDER = Path(__file__).parents[2] / "docs"
# For whoever changes the program; the others are for whoever runs it.
FOR_MAKERS = frozenset({"architecture", "design", "development", "pages", "performance"})
# The map of all documents; within the program, that is the page of help.
MAP = "../README.md"
FENCE = "```"
HEADING = re.compile(r"(#{1,4}) (.+)")
ITEM = re.compile(r"(?:[-*]|\d+\.) (.+)")
BESIDE = re.compile(r"(?<!\\)\|")
SPAN = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*|\*(?P<em>[^*\s][^*]*)\*"
    r"|\[(?P<link>[^\]]+)\]\((?P<address>[^)\s]+)\)"
)


class Span(NamedTuple):
    """A piece of a line: kind is text, code, strong, em or link."""

    kind: str
    text: str
    address: str = ""


class Block(NamedTuple):
    """A block: kind is heading, text, code, list, steps or table.

    `rows` are the lines of it, each of cells, each of spans; of code the one cell is as written.
    `level` is a heading's, or the number of the first of the steps.
    """

    kind: str
    rows: list[list[list[Span]]]
    level: int = 0
    id: str = ""


class Document(NamedTuple):
    """A page; `kind` is its folder: tutorial, how-to, reference or explanation."""

    name: str
    title: str
    kind: str
    blocks: list[Block]


@cache
def names() -> list[str]:
    """The pages for people who run the program, in the order of the map of all documents."""
    written = re.findall(r"\]\((?:[\w-]+)/([\w-]+)\.md\)", (FOLDER / "README.md").read_text())
    return [name for name in dict.fromkeys(written) if name not in FOR_MAKERS]


def path_of(name: str) -> Path | None:
    """The page of this name, in whichever room of the documents it stands."""
    return next(FOLDER.glob(f"*/{name}.md"), None)


@cache
def document(name: str) -> Document | None:
    """The document of this name, or None where people who run the program have none."""
    path = path_of(name) if name in names() else None
    if path is None:
        return None
    first, *blocks = _blocks(path.read_text().splitlines())
    return Document(name, first.rows[0][0][0].text, path.parent.name, blocks)


@cache
def all_documents() -> list[Document]:
    return [found for name in names() if (found := document(name))]


def _blocks(lines: list[str]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        line, start = lines[at].rstrip(), at
        at += 1
        if line.lstrip().startswith(FENCE):
            while at < len(lines) and not lines[at].lstrip().startswith(FENCE):
                at += 1
            yield Block("code", [[[Span("code", dedent("\n".join(lines[start + 1 : at])))]]])
            at += 1
        elif found := HEADING.fullmatch(line):
            yield Block("heading", [[_spans(found[2])]], len(found[1]), _id(found[2]))
        elif line:
            while at < len(lines) and lines[at].strip() and not _begins(lines[at]):
                at += 1
            yield from _written([each.strip() for each in lines[start:at]])


def _begins(line: str) -> bool:
    return line.lstrip().startswith(FENCE) or HEADING.fullmatch(line) is not None


def _written(lines: list[str]) -> Iterator[Block]:
    """A table, a list, or a text, which a list may follow."""
    if lines[0].startswith("|"):
        told = [line for line in lines if not re.fullmatch(r"[|\s:-]+", line)]
        yield Block("table", [[_spans(cell) for cell in _cells(line)] for line in told])
        return
    before: list[str] = []
    items: list[str] = []
    for line in lines:
        if found := ITEM.fullmatch(line):
            items.append(found[1])
        elif items:
            items[-1] += f" {line}"
        else:
            before.append(line)
    if before:
        yield Block("text", [[_spans(" ".join(before))]])
    if items:
        number = re.match(r"\d+", lines[len(before)])
        rows = [[_spans(each)] for each in items]
        yield Block("steps", rows, int(number[0])) if number else Block("list", rows)


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in BESIDE.split(line.strip("|"))]


def _spans(text: str) -> list[Span]:
    found, end = [], 0
    for match in SPAN.finditer(text):
        if match.start() > end:
            found.append(Span("text", text[end : match.start()]))
        kind = match.lastgroup or ""
        kind = "link" if kind == "address" else kind
        # Code within a link or bold words is shown as those.
        said = match[kind].replace("`", "")
        found.append(Span(kind, said, _address(match["address"] or "")))
        end = match.end()
    return [*found, Span("text", text[end:])] if end < len(text) else found


def _address(address: str) -> str:
    """The page of another document; "" for what is not shown here."""
    name, _, part = address.partition("#")
    if not name and part:
        return f"#{part}"
    if name == MAP:
        return "/help"
    page = Path(name)
    if page.suffix != ".md" or page.stem not in names():
        return ""
    return f"/help?read={page.stem}" + (f"#{part}" if part else "")


def _id(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")
