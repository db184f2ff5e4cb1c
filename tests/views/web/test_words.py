"""Moments, spans and numbers as the pages show them."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from views.web import words

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (999, "999"), (1234567, "1\u202f234\u202f567")]
)
def test_thousands_stand_apart(value: int, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (0.001, "under 1 %"),
        (0.1525, "15 %"),
        (0.994, "over 99 %"),
        (1.0, "100 %"),
    ],
)
def test_nothing_and_all_are_said_of_nothing_and_all_only(share: float, text: str) -> None:
    assert words.percent(share).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 MB"),
        (704_512, "0.7 MB"),
        (350_999_999, "350 MB"),
        (2_440_000_000, "2.4 GB"),
        (412_300_000_000, "412 GB"),
        (4_200_000_000_000, "4.2 TB"),
    ],
)
def test_a_number_of_bytes_is_told_as_disks_count_them(count: int, text: str) -> None:
    assert words.size(count) == text


def test_one_of_a_kind_has_its_own_word() -> None:
    assert words.plural(1, "search", "searches") == "1 search"
    assert words.plural(0, "item") == "0 items"
    assert words.plural(2000, "item") == "2\u202f000 items"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (89.9, "89 s"),
        (90, "2 min"),
        (5399, "90 min"),
        (5400, "2 h"),
        (129_599, "36 h"),
        (129_600, "2 days"),
        (86_400 * 250, "250 days"),
        (86_400 * 4_642, "13 years"),
    ],
)
def test_a_span_is_told_roughly(seconds: float, text: str) -> None:
    assert words.span(seconds) == text


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=9), ">just now<"),
        (timedelta(seconds=-60), ">just now<"),
        (timedelta(minutes=3), ">3 min ago<"),
    ],
)
def test_the_past_is_told_from_now(passed: timedelta, text: str) -> None:
    assert text in words.ago(NOON - passed, BERLIN, NOON)


def test_what_never_was_and_never_will_be_has_words() -> None:
    assert words.ago(None, BERLIN, NOON) == words.moment(None, BERLIN, NOON) == "never"
    assert words.until(None, BERLIN, NOON) == "not scheduled"


def test_the_future_is_told_from_now() -> None:
    assert ">in 5 min<" in words.until(NOON + timedelta(minutes=5), BERLIN, NOON)
    assert ">now<" in words.until(NOON - timedelta(minutes=5), BERLIN, NOON)


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (NOON, ">14:00<"),
        (datetime(2026, 5, 4, 22, 30, tzinfo=UTC), ">5 May, 00:30<"),
        (datetime(2026, 1, 4, 12, 0, tzinfo=UTC), ">4 Jan, 13:00<"),
        (datetime(2024, 1, 4, 12, 0, tzinfo=UTC), ">4 Jan 2024<"),
    ],
)
def test_a_moment_is_told_in_the_persons_zone(when: datetime, text: str) -> None:
    shown = words.moment(when, BERLIN, NOON)
    assert text in shown
    assert f'datetime="{when:%Y-%m-%dT%H:%M:%S}+00:00"' in shown


def test_no_date_without_a_year_is_that_of_two_moments() -> None:
    for today in range(0, 366, 73):
        now = NOON + timedelta(days=today)
        shown = [words.moment(now + timedelta(days=n), BERLIN, now) for n in range(-366, 367) if n]
        short = [found.partition(">")[2] for found in shown if re.search(r">\d+ \w+, ", found)]
        assert len(short) == len(set(short)) > 120, now
