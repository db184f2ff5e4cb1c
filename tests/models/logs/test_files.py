"""Files of the log: bounded, private, and never a reason to stop."""

import logging
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.logs.files import KEPT, LogFile, LogFolder, names_of

LARGEST = 1000
LINE = "x" * 99 + "\n"


@contextmanager
def full(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def folder(tmp_path: Path) -> LogFolder:
    return LogFolder(tmp_path / "logs", again_after=0)


@pytest.fixture
def file(folder: LogFolder) -> Iterator[LogFile]:
    made = LogFile(folder, "all.log", LARGEST)
    yield made
    made.close()


def _lines(folder: LogFolder, name: str = "all.log") -> list[str]:
    return (folder.path / name).read_text().splitlines()


def test_however_much_is_written_the_files_are_bounded(file: LogFile, folder: LogFolder) -> None:
    for number in range(20 * LARGEST // len(LINE)):
        file.write(f"{number:>98}\n")
    kept = sorted(path.name for path in folder.path.iterdir())
    assert kept == names_of("all.log")
    assert len(kept) == KEPT
    assert all(path.stat().st_size <= LARGEST for path in folder.path.iterdir())
    numbers = [int(each) for name in reversed(names_of("all.log")) for each in _lines(folder, name)]
    assert numbers == list(range(numbers[0], 200))


def test_a_new_start_goes_on_in_the_same_file(file: LogFile, folder: LogFolder) -> None:
    file.write(LINE)
    again = LogFile(folder, "all.log", LARGEST)
    for _ in range(9):
        again.write(LINE)
    assert len(_lines(folder)) == 10
    again.write(LINE)
    again.close()
    assert len(_lines(folder)) == 1


def test_nobody_else_may_read_them(file: LogFile, folder: LogFolder) -> None:
    folder.path.mkdir()
    (folder.path / "all.log").touch(0o644)
    for _ in range(12):
        file.write(LINE)
    modes = {path.stat().st_mode & 0o777 for path in folder.path.iterdir()}
    assert modes == {0o600}


def test_a_new_folder_is_ours_alone(file: LogFile, folder: LogFolder) -> None:
    file.write(LINE)
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_on_a_full_disk_lines_are_left_out_whole_and_counted_and_said_once(
    file: LogFile, folder: LogFolder, caplog: pytest.LogCaptureFixture
) -> None:
    file.write(LINE)
    with full(150):
        for _ in range(7):
            file.write(LINE)
    assert folder.left_out == 7
    assert folder.trouble
    assert _lines(folder) == [LINE.strip()]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    file.write(LINE)
    assert (folder.trouble, folder.left_out) == ("", 0)
    assert _lines(folder) == [LINE.strip()] * 2
    assert "written again; 7 lines are missing" in caplog.messages[-1]
    assert len(caplog.messages) == 2


def test_a_folder_that_cannot_be_written_is_tried_again(
    file: LogFile, folder: LogFolder, caplog: pytest.LogCaptureFixture
) -> None:
    folder.path.write_text("a file")
    file.write(LINE)
    file.write(LINE)
    assert folder.trouble == "Not a directory"
    assert len(caplog.messages) == 1
    folder.path.unlink()
    file.write(LINE)
    assert not folder.trouble
    assert _lines(folder) == [LINE.strip()]


def test_it_is_not_tried_at_every_line(tmp_path: Path) -> None:
    patient = LogFolder(tmp_path / "logs", again_after=1000)
    patient.path.write_text("a file")
    file = LogFile(patient, "all.log")
    file.write(LINE)
    patient.path.unlink()
    file.write(LINE)
    assert patient.left_out == 2
    assert not patient.path.exists()


@pytest.mark.parametrize("leads_to", ["secret", "nowhere"])
def test_a_file_that_is_a_link_is_not_followed(
    leads_to: str, file: LogFile, folder: LogFolder, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("master")
    folder.path.mkdir()
    (folder.path / "all.log").symlink_to(tmp_path / leads_to)
    file.write(LINE)
    assert folder.trouble
    assert (tmp_path / "secret").read_text() == "master"
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_is_a_link_is_not_followed(
    file: LogFile, folder: LogFolder, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder.path.symlink_to(tmp_path / "elsewhere")
    file.write(LINE)
    assert folder.trouble
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_pipe_of_that_name_keeps_nobody_waiting(file: LogFile, folder: LogFolder) -> None:
    folder.path.mkdir()
    os.mkfifo(folder.path / "all.log")
    file.write(LINE)
    assert folder.trouble


def test_its_own_trouble_is_told_to_the_other_handlers(
    file: LogFile, folder: LogFolder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    folder.path.write_text("a file")
    file.write(LINE)
    assert str(folder.path) in caplog.text
    assert "Not a directory" in caplog.text
