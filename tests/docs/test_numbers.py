"""The numbers that the documents name are those of the program."""

import re
from datetime import UTC, datetime

from models.backlog.eligibility import AT_BEST_LONGEST, AT_BEST_RESTS, DAY_MS
from models.batches.ranking import RANKED
from models.batches.scores import ATTEMPTS, FOUND, LONGEST_LEAD, MERIT, POINTS_A_DAY, RECENCY
from models.forms.instances import InstanceForm
from models.household import Household
from models.schedules import Schedule
from models.schedules.faults import faults_of
from models.yields.intervals import wilson
from tests.docs.pages import rows, section


def test_the_limits_of_the_instance_form_are_as_documented() -> None:
    said = [
        row[1:] for row in rows(section("docs/reference/searching.md", "Limits of the forms"))[2:5]
    ]
    for name, cells in zip(("hourly_budget", "daily_budget", "spacing_seconds"), said, strict=True):
        field = InstanceForm.model_fields[name]
        bounds = {type(limit).__name__: limit for limit in field.metadata}
        there = (field.default, bounds["Ge"].ge, bounds["Le"].le)
        assert cells == [f"{number:,}" for number in there], name


def test_the_cooldowns_are_as_documented() -> None:
    usual = Household()
    assert rows(section("docs/reference/searching.md", "Cooldowns"))[2:] == [
        ["missing", f"{usual.missing_cooldown_days} days"],
        ["upgrade", f"{usual.upgrade_cooldown_days} days"],
        ["score below the best one seen", f"{usual.upgrade_cooldown_days} days"],
        ["score as good as any seen", f"{AT_BEST_RESTS // DAY_MS} days"],
        [
            "with each further search in a row that found nothing",
            f"doubled, up to {usual.longest_cooldown_days} days",
        ],
        ["the same, for a score as good as any seen", f"up to {AT_BEST_LONGEST // DAY_MS} days"],
        ["came out less than 2 days ago", f"{usual.fresh_first_hours} hours"],
        ["came out less than 4 days ago", f"{usual.fresh_second_hours} hours"],
        [f"came out less than {usual.fresh_days} days ago", f"{usual.fresh_later_hours} hours"],
        ["after a search that failed", f"{usual.failed_cooldown_days} day"],
        ["after a search that reached no indexer", "none: nobody was asked"],
    ]


def test_every_example_of_cron_means_what_is_said_and_can_be_used() -> None:
    examples = rows(section("docs/reference/schedules.md", "Cron by example"))[2:]
    for expression, words in examples:
        schedule = Schedule(kind="cron", cron=expression, time_zone="UTC")
        assert schedule.words == words
        assert faults_of(schedule, datetime(2026, 5, 4, tzinfo=UTC)) == {}
    assert len(examples) > 10


def test_the_parts_of_the_smart_score_are_as_documented() -> None:
    part = section("docs/reference/yield.md", "The smart score")
    most = [re.match(r"(?:up to )?(\d+)", row[1]) for row in rows(part)[2:]]
    assert [int(each[1]) for each in most if each] == [RECENCY, ATTEMPTS, FOUND, POINTS_A_DAY]
    assert f"All that can speak for an item is {MERIT} points" in part
    assert f"{LONGEST_LEAD:.0f} days after it can be searched" in part
    assert f"{RANKED:,} items that were searched least recently" in part


def test_how_sure_a_share_is_stands_as_documented() -> None:
    part = section("docs/reference/yield.md", "What is counted")
    for hits, tries in ((0, 10), (15, 100)):
        found = wilson(hits, tries)
        assert found
        assert (
            f"{hits} of {tries} are {found.low:.0%} to {found.high:.0%}".replace(
                "% to", " to"
            ).replace("%", " %")
            in part
        )
