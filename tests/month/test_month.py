"""A few days of a small household in the ordinary suite; `make month` is the long one."""

from datetime import timedelta
from pathlib import Path

import pytest

from jobs import scheduler
from tests.fakes.indexers import LIMITS, most_used
from tests.month.household import Place, Plan, cron, daily, every
from tests.month.month import Month, Stop
from tests.month.verdict import judged

pytestmark = pytest.mark.long

PLACES = (
    Place("Sonarr 1", 30, 12, settings={"hourly_budget": 4}),
    Place("Radarr 1", 24, 0, skew=90),
    Place("Radarr 2", 500, 0),
)
PLANS = (
    Plan("Seasons", ("Sonarr 1",), every(60), 2, more={"packs": "when"}),
    Plan("Better", ("Sonarr 1",), cron("0 */6 * * *"), 3, strategy="cutoff", order="newest"),
    Plan("Films", ("Radarr 1",), every(120), 2, order="random"),
    Plan("Too many", ("Radarr 2",), daily("03:00", "15:00", jitter_minutes=5), 4),
)
STOPS = (Stop(20.02, 0.05, killed=True), Stop(26, 3, killed=False))


def test_a_few_days_of_a_small_household_break_no_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "LONGEST_WAIT", timedelta(minutes=5))
    month = Month(tmp_path, days=1.5, seed=3, places=PLACES, plans=PLANS, stops=STOPS)
    month.live()
    verdict = judged(month)
    month.program.database.close_all()
    assert verdict.faults == [], "\n".join(verdict.faults)
    assert sum(len(server.sent()) for server in month.servers.values()) > 40
    assert "Too many" in verdict.text


def test_with_a_prowlarr_no_query_is_refused_at_a_limit_through_kills_and_weather(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "LONGEST_WAIT", timedelta(minutes=5))
    month = Month(tmp_path, days=3, seed=3, places=PLACES, plans=PLANS, stops=STOPS, limits=LIMITS)
    month.live()
    verdict = judged(month)
    month.program.database.close_all()
    assert verdict.faults == [], "\n".join(verdict.faults)
    assert sum(len(server.sent()) for server in month.servers.values()) > 40
    assert month.prowlarr
    assert most_used(month.prowlarr, 1) > 0.8 * (LIMITS[1].queries or 0)
