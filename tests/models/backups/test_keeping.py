"""Which scheduled backups are kept."""

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from models.backups import Backup, BackupFolder, name_of
from models.backups.keeping import KeepingRule, forget, kept_as, shelves
from tests.conftest import START

BERLIN = ZoneInfo("Europe/Berlin")
RULE = KeepingRule(7, 4, 6, BERLIN)


def _backup(at: datetime, cause: str = "scheduled") -> Backup:
    return Backup(Path(name_of(cause, at, "0" * 8)), cause, at, "0" * 8, 1)


def _after_days(number: int, rule: KeepingRule = RULE) -> list[Backup]:
    """What is left after one backup a day, thinned out each time; the latest first."""
    left: list[Backup] = []
    for day in range(number):
        made = [_backup(START + timedelta(days=day)), *left]
        kept = kept_as(made, rule)
        left = [each for each in made if each in kept]
    return left


def test_after_a_year_there_are_seven_days_four_weeks_and_six_months() -> None:
    left = _after_days(366)
    kinds = list(kept_as(left, RULE).values())
    assert [kinds.count(kind) for kind in ("day", "week", "month")] == [7, 4, 6]
    last = START + timedelta(days=365)
    assert [last - each.made_at for each in left[:7]] == [timedelta(days=n) for n in range(7)]
    weeks = [each.made_at for each in left[7:11]]
    assert {each.weekday() for each in weeks} == {6}
    assert last - left[-1].made_at > timedelta(days=180)


def test_no_gap_is_longer_than_the_period_that_it_stands_for() -> None:
    for number in range(1, 200, 7):
        left = _after_days(number)
        gaps = [one.made_at - other.made_at for one, other in pairwise(left)]
        assert all(gap <= timedelta(days=1) for gap in gaps[:6]), number
        assert all(gap <= timedelta(days=31) for gap in gaps), number


def test_of_a_day_the_latest_is_kept_by_the_calendar_of_the_household() -> None:
    """23:30 and 00:30 in Berlin are two days, though one in UTC."""
    late = datetime(2026, 5, 3, 21, 30, tzinfo=START.tzinfo)
    made = [_backup(late + timedelta(hours=1)), _backup(late), _backup(late - timedelta(hours=1))]
    assert list(kept_as(made, RULE)) == made[:2]


def test_the_latest_stays_whatever_the_rule() -> None:
    assert len(_after_days(30, KeepingRule(1, 0, 0, BERLIN))) == 1


def test_only_scheduled_ones_are_deleted(tmp_path: Path) -> None:
    folder = BackupFolder(tmp_path)
    for day in range(20):
        for cause in ("scheduled", "by-hand"):
            (tmp_path / name_of(cause, START - timedelta(days=day), "0" * 8)).touch()
    (tmp_path / "of-my-own.db").touch()
    assert forget(folder, KeepingRule(2, 0, 0, BERLIN)) == 18
    causes = [each.cause for each in folder.all()]
    assert (causes.count("scheduled"), causes.count("by-hand")) == (2, 20)
    assert (tmp_path / "of-my-own.db").exists()


def test_the_shelves_hold_every_backup_once() -> None:
    made = [_backup(START - timedelta(days=day)) for day in range(60)]
    made += [_backup(START, cause) for cause in ("by-hand", "before-update", "before-restore")]
    found = shelves(made, RULE)
    assert sorted(each for _, there in found for each in there) == sorted(made)
    assert [heading for heading, _ in found][-3:] == [
        "Made by hand",
        "Before updates",
        "Before restores",
    ]
