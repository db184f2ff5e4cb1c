"""Reading the log from its end: by pages, bounded, and by filters."""

from pathlib import Path

import pytest

from models.logs import ALL
from models.logs.reading import A_PAGE, MOST_READ, LogPage, LogPlace, Wanted, page, parts

EVERYTHING = Wanted()


def line(number: int, level: str = "info", more: str = "") -> str:
    return f'time=2026-05-04T12:00:00Z level={level} logger=x message="line {number}"{more}\n'


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)


def numbers(found: LogPage) -> list[int]:
    return [int(each.message.removeprefix("line ")) for each in found.lines]


def walk(folder: Path, wanted: Wanted = EVERYTHING) -> list[int]:
    found, place = list[int](), LogPlace()
    for _ in range(1000):
        shown = page(folder, ALL, wanted, place)
        assert shown.read <= MOST_READ + 100_000
        found += numbers(shown)
        if shown.older is None:
            return found
        assert shown.older != place
        place = shown.older
    raise AssertionError("it never ends")


@pytest.mark.parametrize("per_file", [1, A_PAGE, 777])
def test_pages_go_back_through_all_files_without_a_gap(per_file: int, tmp_path: Path) -> None:
    for part, name in enumerate((f"{ALL}.2", f"{ALL}.1", ALL)):
        first = part * per_file
        write(tmp_path, name, "".join(line(n) for n in range(first, first + per_file)))
    assert walk(tmp_path) == list(range(3 * per_file))[::-1]


def test_a_page_reads_no_more_than_its_bound(tmp_path: Path) -> None:
    write(tmp_path, ALL, "".join(line(n) for n in range(60_000)))
    shown = page(tmp_path, ALL, Wanted(text="line 3 "), LogPlace())
    assert shown.lines == []
    assert shown.read <= MOST_READ + 70_000
    assert shown.older is not None
    assert walk(tmp_path, Wanted(text='line 17"')) == [17]


def test_a_line_without_an_end_is_read_in_pieces(tmp_path: Path) -> None:
    write(tmp_path, ALL, "x" * (2 * MOST_READ))
    place: LogPlace | None = LogPlace()
    for _ in range(5):
        assert place is not None
        place = page(tmp_path, ALL, EVERYTHING, place).older
        if place is None:
            break
    assert place is None


def test_filters_are_joined(tmp_path: Path) -> None:
    text = line(1) + line(2, "error") + line(3, "error", " request=abc") + line(4, "critical")
    write(tmp_path, ALL, text)
    assert walk(tmp_path, Wanted(level="error")) == [4, 3, 2]
    assert walk(tmp_path, Wanted(request="abc")) == [3]
    assert walk(tmp_path, Wanted(request="ab")) == []
    assert walk(tmp_path, Wanted(text="LINE 4")) == [4]
    assert walk(tmp_path, Wanted(level="critical", request="abc")) == []


def test_a_level_is_that_of_the_field_not_of_the_text(tmp_path: Path) -> None:
    write(tmp_path, ALL, 'time=2026-05-04T12:00:00Z level=info logger=x message="level=error"\n')
    assert page(tmp_path, ALL, Wanted(level="error"), LogPlace()).lines == []


def test_no_file_is_an_empty_page(tmp_path: Path) -> None:
    assert page(tmp_path, ALL, EVERYTHING, LogPlace()) == LogPage([], None, 0)
    assert page(tmp_path / "nowhere", ALL, EVERYTHING, LogPlace()).lines == []
    assert parts(tmp_path / "nowhere", ALL) == []


def test_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(line(1))
    (tmp_path / ALL).symlink_to(tmp_path / "secret")
    shown = page(tmp_path, ALL, EVERYTHING, LogPlace())
    assert shown.lines == []
    assert shown.fault
    assert parts(tmp_path, ALL) == []


@pytest.mark.parametrize(("file", "before"), [(0, 10**14), (7, 0), (4, 5), (0, 0)])
def test_a_place_that_is_not_there_is_no_error(file: int, before: int, tmp_path: Path) -> None:
    write(tmp_path, ALL, line(1))
    page(tmp_path, ALL, EVERYTHING, LogPlace(file, before))
