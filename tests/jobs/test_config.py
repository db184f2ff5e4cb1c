"""`python app.py config`: the settings that hold, with their sources."""

from pathlib import Path

import pytest

from jobs.config import config, shown
from models.declared import variable
from models.environment import Environment
from models.environment.faults import OF_SECRET
from models.household import Household
from models.household.fixed import Fixed, fix
from models.opening import open_folder
from models.opening.outside import FIELDS


def _lines(options: Environment) -> dict[str, str]:
    said = config(options).splitlines()
    return {line.split()[0]: " ".join(line.split()[1:]) for line in said}


def test_every_setting_is_printed_with_its_value_and_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(lambda: fix({}))
    (tmp_path / "token").write_text("a setup token of our own")
    monkeypatch.setenv("VQS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("VQS_SETUP_TOKEN_FILE", str(tmp_path / "token"))
    options = Environment()
    opened, _ = open_folder(options)
    Household.current().change(grace_hours=9)
    opened.close_all()
    fix({"daily_budget": Fixed(99, "VQS_DAILY_BUDGET in the file /run/secrets/vqs_daily_budget")})
    said = _lines(options)
    assert set(said) == {variable(name) for name in FIELDS}
    assert said["VQS_PORT"] == "7337 default"
    assert said["VQS_DATA_DIR"] == f"{tmp_path / 'data'} the environment"
    assert said["VQS_SETUP_TOKEN_FILE"] == f"set, in {tmp_path / 'token'} the environment"
    assert said["VQS_SECRET_FILE"] == f"set, in {tmp_path / 'data-secret' / 'master.key'} default"
    assert said["VQS_GRACE_HOURS"] == "9 settings page"
    assert said["VQS_HOURLY_BUDGET"] == "20 default"
    assert said["VQS_DAILY_BUDGET"] == "99 the file /run/secrets/vqs_daily_budget"
    assert "token of our own" not in "".join(said.values())


def test_a_name_that_is_no_setting_is_said_below_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VQS_PROT", "8000")
    said = config(Environment(data_dir=tmp_path / "none")).splitlines()
    assert said[-1] == "VQS_PROT is not a setting of this program; did you mean VQS_PORT?"


def test_without_a_database_it_says_so_and_prints_the_rest(tmp_path: Path) -> None:
    said = config(Environment(data_dir=tmp_path / "none"))
    assert "VQS_PORT" in said
    assert said.endswith(f"There is no database in the data folder {tmp_path / 'none'} yet.")
    assert not (tmp_path / "none").exists()


def test_of_a_secret_it_only_says_that_it_is_set() -> None:
    field = Environment.model_fields["sso_header"]._copy()
    field.json_schema_extra = OF_SECRET
    assert shown(field, "hunter2") == "set"
    assert shown(field, None) == "none"
