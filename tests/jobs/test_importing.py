"""Coming from Houndarr: what is shown, what is written, and that it is never faster than there."""

import random
from pathlib import Path
from typing import Any

import pytest

from jobs.importing import houndarr
from jobs.terminal import Refused
from models.database import Database
from models.files.drafting import drafted
from models.forms.queues import QueueForm
from models.houndarr import read_houndarr
from models.houndarr.translating import translated
from models.household import Household
from models.instances import Instance
from models.people import User
from models.people.audit import Event
from models.queues import Queue
from tests.conftest import START
from tests.fakes.houndarr import houndarr_database

SERIES = {"name": "Series", "type": "sonarr", "url": "http://sonarr:8989/"}
MOVIES = {"name": "Movies", "type": "radarr", "url": "http://radarr:7878"}
UNITS = {"minutes": 1, "hours": 60, "days": 1440}


def test_what_it_becomes_is_shown_and_nothing_is_written(alice: User, tmp_path: Path) -> None:
    path = houndarr_database(tmp_path, SERIES, {**MOVIES, "type": "lidarr", "name": "Music"})
    before = path.read_bytes()
    said = houndarr(path, START, writes=False)
    assert "hourly cap: missing 4" in said and "budget: 4 an hour, 96 a day" in said
    assert "2 every 30 min, cap 4" in said and "2 every 30 minutes" in said
    assert "lidarr" in said and "left out" in said
    assert "--yes writes it" in said
    assert not Instance.select().exists() and not Queue.select().exists()
    assert path.read_bytes() == before and list(tmp_path.glob("houndarr*")) == [path]


def test_with_yes_it_is_written_and_waits_for_key_and_start(alice: User, tmp_path: Path) -> None:
    tuned = {
        "cutoff_enabled": 1,
        "allowed_time_window": "09:00-12:00,22:00-06:00",
        "tag_filter_include": "4k, kids",
        "tag_filter_exclude": "never",
        "sonarr_search_mode": "season_context",
        "post_release_grace_hrs": 12,
        "queue_limit": 9,
    }
    said = houndarr(houndarr_database(tmp_path, SERIES | tuned), START, writes=True)
    made, queue = Instance.get(), Queue.get(Queue.key == "missing of series")
    assert (made.url, made.hourly_budget, made.daily_budget) == ("http://sonarr:8989", 5, 120)
    assert made.disabled_at == START and made.lacks_key and made.download_limit == 9
    assert queue.owner == alice and queue.due_at is None and queue.instances == [made]
    assert (queue.batch_size, queue.order, queue.packs) == (2, "random", "when")
    assert queue.filters.tags_in == ["4k", "kids"] and queue.filters.tags_out == ["never"]
    assert queue.schedule.hours == (("09:00", "12:00"), ("22:00", "06:00"))
    household = Household.current()
    assert (household.missing_cooldown_days, household.upgrade_cooldown_days) == (14, 21)
    assert household.grace_hours == 12
    assert Queue.get(Queue.key == "upgrades of series").strategy == "cutoff"
    assert "type in the API key" in said and "gAAAAA" not in said
    assert Event.recent().first().action == "settings-imported"


def test_a_second_time_changes_nothing(alice: User, tmp_path: Path) -> None:
    path = houndarr_database(tmp_path, SERIES, MOVIES)
    houndarr(path, START, writes=True)
    assert "Everything is here already" in houndarr(path, START, writes=True)


def test_a_server_that_is_here_keeps_its_name_its_key_and_its_smaller_budget(
    alice: User, living_room: Instance, tmp_path: Path
) -> None:
    living_room.change(hourly_budget=2, url="http://sonarr:8989")
    there = SERIES
    other = {**SERIES, "name": living_room.name, "url": "http://elsewhere:8989"}
    houndarr(houndarr_database(tmp_path, there, other), START, writes=True)
    row = Instance.get_by_id(living_room.id)
    assert (row.hourly_budget, row.url) == (2, living_room.url) and not row.lacks_key
    assert sorted(each.name for each in Instance.select()) == [row.name, f"{row.name} 2"]


def _random_instance(dice: random.Random) -> dict[str, Any]:
    def number(*choices: int) -> int:
        return dice.choice(choices)

    return {
        **dice.choice((SERIES, MOVIES)),
        **{name: number(0, 1) for name in ("missing_enabled", "cutoff_enabled", "upgrade_enabled")},
        **{f"{each}batch_size": number(1, 2, 7, 400) for each in ("", "cutoff_", "upgrade_")},
        **{f"{each}hourly_cap": number(0, 1, 3, 900) for each in ("", "cutoff_", "upgrade_")},
        **{f"{each}cooldown_days": number(0, 5, 400) for each in ("", "cutoff_", "upgrade_")},
        "sleep_interval_mins": number(1, 7, 30, 61, 1001, 100_000),
        "post_release_grace_hrs": number(0, 6, 9000),
        "queue_limit": number(0, 1, 99_999),
        "allowed_time_window": dice.choice(("", "09:00-10:00", "22:00-06:00", "nights", "5-6-7")),
    }


def _minutes(queue: QueueForm) -> float:
    """Minutes between two runs, on average."""
    spans = {
        "every": queue.every * UNITS[queue.unit],
        "daily": 1440 / len(queue.times.split(", ")),
        "weekly": 7 * 1440,
        "cron": 28 * 1440,
    }
    return spans[queue.kind]


def test_it_is_never_faster_than_there_and_never_beyond_our_bounds(
    alice: User, tmp_path: Path
) -> None:
    dice = random.Random(18)
    for _ in range(60):
        there = _random_instance(dice)
        ours = translated(read_houndarr(houndarr_database(tmp_path, there)), START)
        plan = drafted(ours.content, None, START)
        assert plan.faults == [], there
        for entry in plan.queues:
            queue, part = entry.draft.form, {"cutoff": "cutoff_", "score": "upgrade_"}
            word = part.get(entry.draft.form.strategy, "")
            cap, batch = there[f"{word}hourly_cap"], there[f"{word}batch_size"]
            pace = batch * 60 / there["sleep_interval_mins"]
            span = min(_minutes(queue), 28 * 1440)
            mine = queue.batch_size * 60 / span
            # The longest span that we have.
            is_longest = span == 28 * 1440
            assert is_longest or mine <= min(pace, cap or pace) + 1e-9, (there, queue)
        household = plan.household.draft.form
        assert household.missing_cooldown_days >= min(there["cooldown_days"], 7)
        assert household.grace_hours >= Household.current().grace_hours


def test_an_older_database_has_what_was_usual_then(alice: User, tmp_path: Path) -> None:
    without = ("missing_enabled", "tag_filter_include", "tag_filter_exclude", "search_order")
    path = houndarr_database(tmp_path, SERIES, version=12, without=without)
    houndarr(path, START, writes=True)
    assert Queue.get().order == "oldest"


def test_a_newer_database_is_read_as_far_as_it_is_known(alice: User, tmp_path: Path) -> None:
    said = houndarr(houndarr_database(tmp_path, SERIES, version=21), START, writes=False)
    assert "known up to 20" in said


def test_what_cannot_be_used_is_refused_by_its_place(alice: User, tmp_path: Path) -> None:
    path = houndarr_database(tmp_path, SERIES | {"url": "sonarr"})
    with pytest.raises(Refused, match=r"instances\[0\]\.url: Begin with http"):
        houndarr(path, START, writes=True)
    assert not Instance.select().exists()


@pytest.mark.parametrize("content", [None, b"", b"no database at all"])
def test_what_is_no_database_of_houndarr_is_refused(
    content: bytes | None, alice: User, tmp_path: Path
) -> None:
    path = tmp_path / "houndarr.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refused, match=r"houndarr\.db"):
        houndarr(path, START, writes=False)


def test_without_an_account_nothing_is_taken_in(db: Database, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="first account"):
        houndarr(houndarr_database(tmp_path, SERIES), START, writes=True)
