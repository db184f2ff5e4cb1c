"""The dashboard, the alerts and the guide know the metrics that there are, and no others."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.metrics import FAMILIES, OF_HOUSEHOLD, OF_PROCESS, MetricFamily
from tests.docs.pages import ROOT, rows, section

GRAFANA = ROOT / "docs/deploy/grafana"
ALERTS = GRAFANA / "alerts.yml"
DASHBOARD: dict[str, Any] = json.loads((GRAFANA / "dashboard.json").read_text())
RULES = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
# Labels that Prometheus or its histograms set.
USUAL = {"job", "instance", "le"}
# Metrics that Prometheus itself or every program has.
COMMON = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total"}
SERIES = re.compile(r"\b((?:vqs|process)_\w+|up)\b(?:\{([^}]*)\})?")
GROUPED = re.compile(r"\b(?:by|on|without|ignoring) \(([^)]*)\)")


def queries() -> list[tuple[dict[str, Any], str]]:
    """The panels of the dashboard, each with what it asks."""
    panels = DASHBOARD["panels"]
    return [(panel, each["expr"]) for panel in panels for each in panel.get("targets", ())]


def expressions() -> list[str]:
    return [*(expression for _, expression in queries()), *(each["expr"] for each in RULES)]


def variables() -> list[str]:
    told = DASHBOARD["templating"]["list"]
    return [each["definition"] for each in told if each["type"] == "query"]


def families_in(text: str) -> list[tuple[MetricFamily, set[str]]]:
    """Each family that the text names, with the labels that it selects by."""
    found = []
    for name, chosen in SERIES.findall(text):
        if name not in COMMON:
            base = re.sub("_(bucket|sum|count)$", "", name)
            assert base in FAMILIES, f"{name} in {text}"
            assert (base == name) == (FAMILIES[base].kind != "histogram"), name
            found.append((FAMILIES[base], set(re.findall(r"(\w+)[=!]", chosen))))
    return found


def test_all_names_and_labels_are_those_of_the_program() -> None:
    used = set()
    for text in (*expressions(), *variables()):
        families = families_in(text)
        known = USUAL.union(*(family.labels for family, _ in families))
        for family, chosen in families:
            assert chosen <= USUAL | set(family.labels), text
        for group in GROUPED.findall(text):
            assert {each.strip() for each in group.split(",")} <= known, text
        used |= {name for name in FAMILIES if name in text}
    assert FAMILIES.keys() - used == set(), "nothing shows these"


def test_labels_in_words_are_those_of_the_expression() -> None:
    for panel in DASHBOARD["panels"]:
        for each in panel.get("targets", ()):
            known = USUAL.union(*(family.labels for family, _ in families_in(each["expr"])))
            assert set(re.findall(r"{{(\w+)}}", each["legendFormat"])) <= known, panel["title"]
    for rule in RULES:
        known = USUAL.union(*(family.labels for family, _ in families_in(rule["expr"])))
        said = json.dumps(rule["annotations"])
        assert set(re.findall(r"\$labels\.(\w+)", said)) <= known, rule["alert"]


def test_the_dashboard_is_one_for_everybody() -> None:
    shown = [each for each in DASHBOARD["panels"] if each["type"] != "row"]
    assert len({each["id"] for each in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    for panel in shown:
        where = panel["gridPos"]
        assert panel["datasource"]["uid"] == "${DS_PROMETHEUS}", panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert where["x"] + where["w"] <= 24, panel["title"]
        # Without both ends a gauge is as long as its value.
        assert panel["type"] != "gauge" or {"min", "max"} <= panel["fieldConfig"]["defaults"].keys()
        for each in panel["targets"]:
            assert '$job"' in each["expr"], panel["title"]
    cells = [
        (x, y)
        for where in (each["gridPos"] for each in DASHBOARD["panels"])
        for x in range(where["x"], where["x"] + where["w"])
        for y in range(where["y"], where["y"] + where["h"])
    ]
    assert len(set(cells)) == len(cells), "two panels overlap"
    # An input would stand in the place of the variable for good, and its choice would do nothing.
    assert "__inputs" not in DASHBOARD
    source = DASHBOARD["templating"]["list"][0]
    assert (source["name"], source["type"]) == ("DS_PROMETHEUS", "datasource")


@pytest.mark.parametrize(
    ("title", "families"),
    [("Figures of the household", OF_HOUSEHOLD), ("Figures of the process", OF_PROCESS)],
)
def test_the_guide_lists_every_family(title: str, families: dict[str, MetricFamily]) -> None:
    said = rows(section("docs/how-to/metrics.md", title))[2:]
    assert [(row[0], row[1], re.findall(r"\w+", row[2]), row[3]) for row in said] == [
        (name, each.kind, list(each.labels), each.words) for name, each in families.items()
    ]


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    if (tool := shutil.which("promtool")) is None:
        pytest.skip("promtool is not installed")
    return subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)


def test_promtool_finds_the_rules_in_order() -> None:
    found = promtool("check", "rules", ALERTS)
    assert found.returncode == 0, found.stdout + found.stderr


WHERE = 'job="searcharr"'
LIVING = f'{WHERE}, instance_name="Living room", app="sonarr"'
SEARCHES = f'vqs_searches_total{{{LIVING}, want="missing"'
# What has to be so for how many minutes until the alert comes.
COMES = {
    "SearcharrDown": ({f"up{{{WHERE}}}": "0x30"}, 10),
    "SearcharrDatabaseAway": ({f"vqs_database_up{{{WHERE}}}": "0x30"}, 10),
    "SearcharrNobodyLeads": ({f"vqs_leader{{{WHERE}}}": "0x30"}, 10),
    "SearcharrInstanceNotWorking": ({f"vqs_up{{{LIVING}}}": "0x60"}, 40),
    "SearcharrNoRun": (
        {
            f'vqs_last_run_timestamp_seconds{{{WHERE}, queue_name="Nightly"}}': "0x1600",
            f"vqs_paused{{{WHERE}}}": "0x1600",
        },
        1500,
    ),
    "SearcharrSearchesFail": (
        {f'{SEARCHES}, outcome="failed"}}': "0+1x60", f'{SEARCHES}, outcome="grabbed"}}': "7x60"},
        30,
    ),
    "SearcharrBudgetSpent": (
        {
            f'vqs_budget_{which}{{{WHERE}, scope="all", window="day"}}': "400x500"
            for which in ("used", "limit")
        },
        400,
    ),
    "SearcharrBacklogGrows": (
        {f'vqs_wanted_items{{{LIVING}, want="missing"}}': "1+1x11000"},
        10600,
    ),
    "SearcharrBackupOld": ({f"vqs_backup_timestamp_seconds{{{WHERE}}}": "0x4700"}, 4600),
    "SearcharrJobFailed": ({f"vqs_failing_jobs{{{WHERE}}}": "2x100"}, 70),
}
# The same on a good day.
RESTS = {
    "SearcharrNoRun": (
        {
            f'vqs_last_run_timestamp_seconds{{{WHERE}, queue_name="Nightly"}}': "0x1600",
            f"vqs_paused{{{WHERE}}}": "1x1600",
        },
        1500,
    ),
    "SearcharrSearchesFail": (
        {f'{SEARCHES}, outcome="failed"}}': "0+1x60", f'{SEARCHES}, outcome="grabbed"}}': "0+1x60"},
        30,
    ),
    "SearcharrBacklogGrows": (
        {f'vqs_wanted_items{{{LIVING}, want="missing"}}': "20000-1x11000"},
        10600,
    ),
}


def in_steps(minutes: int) -> int:
    """Minutes between two evaluations: one for each minute of a week takes the tool seconds."""
    return 100 if minutes > 1500 else 10 if minutes > 100 else 1


def case(name: str, series: dict[str, str], minutes: int, *, comes: bool) -> dict[str, Any]:
    query = f'count(ALERTS{{alertname="{name}", alertstate="firing"}})'
    firing = [{"labels": "{}", "value": 1}] if comes else []
    return {
        "interval": "1m",
        "input_series": [{"series": each, "values": values} for each, values in series.items()],
        "promql_expr_test": [{"expr": query, "eval_time": f"{minutes}m", "exp_samples": firing}],
    }


@pytest.mark.parametrize("step", [1, 10, 100])
def test_each_alert_comes_when_it_should_and_rests_otherwise(step: int, tmp_path: Path) -> None:
    assert {rule["alert"] for rule in RULES} == COMES.keys()
    cases = [
        case(name, series, minutes, comes=told is COMES)
        for told in (COMES, RESTS)
        for name, (series, minutes) in told.items()
        if in_steps(minutes) == step
    ]
    whole = {"rule_files": [str(ALERTS)], "evaluation_interval": f"{step}m", "tests": cases}
    file = tmp_path / "cases.yml"
    file.write_text(yaml.safe_dump(whole))
    found = promtool("test", "rules", file)
    assert found.returncode == 0, found.stdout + found.stderr
