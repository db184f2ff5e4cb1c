"""The log of the process: what is written where, and what happens when it cannot be."""

import io
import logging
import resource
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.logs import ALL, DEBUG, ERRORS, FILES, LEVELS, Log
from tests.fakes.log import kept_log

log = logging.getLogger("models.example")

PATIENCE = 5.0


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Log]:
    with kept_log(tmp_path) as made:
        yield made


def _said(folder: Path, name: str) -> set[str]:
    """The levels of the lines of our example in that file."""
    lines = (folder / name).read_text().splitlines() if (folder / name).exists() else []
    return {level for level in LEVELS for line in lines if f"level={level} logger=models" in line}


def _all_levels() -> None:
    for level in LEVELS:
        log.log(logging.getLevelName(level.upper()), "at %s", level)


@pytest.mark.parametrize(
    ("level", "in_all", "in_debug"),
    [("debug", LEVELS[1:], LEVELS), ("info", LEVELS[1:], ()), ("critical", LEVELS[4:], ())],
)
def test_each_file_has_its_own_lines(
    level: str, in_all: tuple[str, ...], in_debug: tuple[str, ...], kept: Log, tmp_path: Path
) -> None:
    kept.choose(level)
    _all_levels()
    assert _said(tmp_path, ALL) - {"warning"} == set(in_all) - {"warning"}
    assert _said(tmp_path, DEBUG) == set(in_debug)
    assert _said(tmp_path, ERRORS) == {"error", "critical"}


def test_the_level_changes_while_it_runs(
    kept: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.debug("before")
    kept.choose("debug")
    log.debug("between")
    kept.choose("info")
    log.debug("after")
    for said in ((tmp_path / DEBUG).read_text(), capsys.readouterr().err):
        assert [word in said for word in ("before", "between", "after")] == [False, True, False]


def test_a_start_may_set_it(tmp_path: Path) -> None:
    with kept_log(tmp_path, level="error"):
        log.info("nothing of this")
        log.error("but of this")
    assert _said(tmp_path, ALL) == {"error"}


def test_what_talks_at_every_step_is_not_heard(kept: Log, tmp_path: Path) -> None:
    kept.choose("debug")
    for name in ("httpx", "httpcore.connection", "peewee", "apscheduler.executors"):
        logging.getLogger(name).debug("every step")
    assert "every step" not in (tmp_path / DEBUG).read_text()


def test_a_terminal_whose_disk_is_full_stops_nothing(
    kept: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("/dev/full").open("w", buffering=1) as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        log.warning("it goes on")
        assert kept.terminal.left_out
        monkeypatch.undo()
        with pytest.raises(OSError, match="No space"):
            terminal.close()
    assert "it goes on" in (tmp_path / ALL).read_text()


def test_a_terminal_that_is_closed_stops_nothing(
    kept: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    log.warning("it goes on")
    assert kept.terminal.left_out


def test_a_folder_that_cannot_be_written_stops_nothing_and_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file")
    with kept_log(tmp_path / "logs") as kept:
        _all_levels()
        _all_levels()
        assert kept.folder
        assert kept.folder.trouble == "Not a directory"
    said = capsys.readouterr().err
    assert said.count("cannot be written") == 1
    assert said.count("at critical") == 2


@pytest.mark.parametrize(("message", "value"), [("%d", "x"), ("%s %s", "x"), ("%s", Unprintable())])
def test_a_line_that_cannot_be_put_together_stops_nothing(
    message: str, value: object, kept: Log, tmp_path: Path
) -> None:
    log.warning(message, value)
    assert "a line of models.example could not be put together" in (tmp_path / ALL).read_text()


def test_threads_that_log_while_the_files_fail_do_not_wait_for_each_other(kept: Log) -> None:
    """Each trouble is said through all handlers, by whichever thread and handler meets it."""
    assert kept.folder
    kept.folder.again_after = 0
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def talk(level: int) -> None:
        for number in range(300):
            log.log(level, "line %s", number)

    levels = (logging.WARNING, logging.ERROR) * 2
    talkers = [threading.Thread(target=talk, args=(level,), daemon=True) for level in levels]
    for each in talkers:
        each.start()
    kept_since = time.monotonic()
    while any(each.is_alive() for each in talkers[:1]):
        for size in (1, soft):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
            time.sleep(0.001)
        if time.monotonic() - kept_since > PATIENCE:
            break
    for each in talkers:
        each.join(PATIENCE)
    assert not any(each.is_alive() for each in talkers)


def test_its_end_leaves_nothing_behind(tmp_path: Path) -> None:
    before = list(logging.getLogger().handlers)
    with kept_log(tmp_path):
        assert len(logging.getLogger().handlers) == len(before) + 1 + len(FILES)
    assert logging.getLogger().handlers == before
