"""A real Prometheus scrapes the running program, and answers what the dashboard asks."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from models.database.fields import now
from models.people import User
from models.people.keys import ApiKey
from tests.bench.rows import fill
from tests.docs.test_metrics import ALERTS, RULES, queries
from tests.fakes.program import free_port, running

pytestmark = pytest.mark.long

PATIENCE = 30.0
# What Grafana puts in their place.
FILLED = {'=~"$job"': '=~".+"', '=~"$instance_name"': '=~".*"', "$__rate_interval": "1m"}


@contextmanager
def prometheus(folder: Path, *jobs: dict[str, Any]) -> Iterator[httpx.Client]:
    """Prometheus itself, which scrapes these every second."""
    if (program := shutil.which("prometheus")) is None:
        pytest.skip("prometheus is not installed")
    often = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config, address = folder / "prometheus.yml", f"127.0.0.1:{free_port()}"
    whole = {"global": often, "rule_files": [str(ALERTS)], "scrape_configs": list(jobs)}
    config.write_text(yaml.safe_dump(whole))
    process = subprocess.Popen(
        [
            program,
            f"--config.file={config}",
            f"--storage.tsdb.path={folder / 'series'}",
            f"--web.listen-address={address}",
            "--log.level=error",
        ]
    )
    try:
        with httpx.Client(base_url=f"http://{address}", trust_env=False) as client:
            yield client
    finally:
        process.terminate()
        process.wait(PATIENCE)


def asked(client: httpx.Client, path: str, **parameters: str) -> Any:
    answer = client.get(f"/api/v1{path}", params=parameters)
    assert answer.status_code == 200, f"{parameters}: {answer.text}"
    return answer.json()["data"]


def filled(expression: str) -> str:
    for name, text in FILLED.items():
        expression = expression.replace(name, text)
    return expression


def shown(client: httpx.Client, expression: str) -> list[Any]:
    """What a panel shows, once there is something: a rate needs two scrapes."""
    until = time.monotonic() + PATIENCE
    while True:
        found: list[Any] = asked(client, "/query", query=expression)["result"]
        if found or time.monotonic() > until:
            return found
        time.sleep(0.1)


def scraped(client: httpx.Client, number: int) -> list[dict[str, Any]]:
    """The targets, once each was scraped."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            is_ready = client.get("/-/ready").status_code == 200
        except httpx.TransportError:
            is_ready = False
        targets: list[dict[str, Any]] = (
            asked(client, "/targets")["activeTargets"] if is_ready else []
        )
        if len(targets) == number and all(each["health"] != "unknown" for each in targets):
            return targets
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_real_prometheus_scrapes_it_by_key_and_from_a_network(tmp_path: Path) -> None:
    data = tmp_path / "data"
    opened = fill(data, instances=2, items=400, searches=100)
    _, secret = ApiKey.make(User.get(), "Prometheus", "totals", now())
    opened.close_all()
    (tmp_path / "key").write_text(secret)
    with running(data, metrics_networks="127.0.0.1", log_level="error") as (address, _):
        targets = [{"targets": [address.removeprefix("http://")]}]
        by_key = {"authorization": {"credentials_file": str(tmp_path / "key")}}
        jobs = [
            {"job_name": "searcharr", "static_configs": targets},
            {"job_name": "searcharr-by-key", "static_configs": targets, **by_key},
        ]
        with prometheus(tmp_path, *jobs) as client:
            assert [each["lastError"] for each in scraped(client, 2)] == ["", ""]
            for rule in RULES:
                asked(client, "/query", query=rule["expr"])
            for panel, expression in queries():
                asked(client, "/query", query=filled(expression))
                # A panel that may be empty says why.
                if not panel["fieldConfig"]["defaults"].get("noValue"):
                    assert shown(client, filled(expression)), panel["title"]
            found = asked(client, "/query", query="sum by (job) (vqs_wanted_items)")["result"]
            assert {each["metric"]["job"] for each in found} == {"searcharr", "searcharr-by-key"}
            assert all(float(each["value"][1]) > 300 for each in found)
            known = asked(client, "/metadata")
            # OpenMetrics, which it prefers, names a counter without its ending.
            assert known["vqs_requests"][0]["type"] == "counter"
            assert known["vqs_run_duration_seconds"][0]["type"] == "histogram"
