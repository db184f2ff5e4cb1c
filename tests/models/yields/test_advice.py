"""The one change that a yield suggests."""

import pytest

from models.yields.advice import Advice, advice
from models.yields.lines import YieldLine

NONE: dict[str, list[YieldLine]] = {"instance": [], "indexer": [], "attempt": [], "queue": []}


def line(key: str, **figures: int) -> YieldLine:
    return YieldLine(key, f"name of {key}", **figures)


def kind_of(found: Advice | None) -> tuple[str, str] | None:
    return (found.kind, found.line.key) if found else None


def test_without_figures_nothing_is_suggested() -> None:
    assert advice(NONE) is None


@pytest.mark.parametrize(
    ("table", "lines", "about"),
    [
        ("instance", [line("#1", no_indexer=30, nothing=70), line("#2", nothing=9)], "#1"),
        ("indexer", [line("A", grabbed=60, imported=58), line("B", grabbed=60, imported=20)], None),
        (
            "indexer",
            [
                line("A", grabbed=60, imported=58, import_failed=2),
                line("B", grabbed=60, imported=20, import_failed=40),
            ],
            "B",
        ),
        ("attempt", [line("1", grabbed=40, nothing=60), line("4", grabbed=2, nothing=98)], "4"),
        ("attempt", [line("1", grabbed=40, nothing=60), line("4", grabbed=20, nothing=80)], None),
        ("queue", [line("#1", grabbed=40, nothing=60), line("#2", grabbed=4, nothing=96)], "#2"),
        ("queue", [line("#1", grabbed=4, nothing=6), line("#2", grabbed=1, nothing=9)], None),
        ("queue", [line("#1", grabbed=40, nothing=60), line("hand", nothing=100)], None),
    ],
)
def test_a_suggestion_needs_figures_that_hold_it(
    table: str, lines: list[YieldLine], about: str | None
) -> None:
    kind = "unanswered" if table == "instance" else table
    assert kind_of(advice(NONE | {table: lines})) == ((kind, about) if about else None)


def test_what_is_deleted_is_never_suggested_to_change() -> None:
    gone = line("#1", nothing=100)._replace(gone=True)
    assert advice(NONE | {"queue": [gone, line("#2", grabbed=50, nothing=50)]}) is None


def test_the_most_urgent_comes_first() -> None:
    tables = NONE | {
        "instance": [line("#1", no_indexer=50, nothing=50)],
        "queue": [line("#1", grabbed=40, nothing=60), line("#2", nothing=100)],
    }
    assert kind_of(advice(tables)) == ("unanswered", "#1")
