"""How tests without the *arr contract folder end."""

from pathlib import Path

import pytest

from tests.contract import CONTRACT, contract_dir


@pytest.fixture
def no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CONTRACT, raising=False)
    monkeypatch.delenv("CI", raising=False)


@pytest.mark.usefixtures("no_folder")
def test_without_the_folder_a_test_is_skipped_with_one_clear_line() -> None:
    with pytest.raises(pytest.skip.Exception, match="ARR_CONTRACT_DIR does not name"):
        contract_dir()


@pytest.mark.usefixtures("no_folder")
def test_in_ci_a_missing_folder_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="ARR_CONTRACT_DIR"):
        contract_dir()


@pytest.mark.usefixtures("no_folder")
def test_a_named_folder_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "openapi").mkdir()
    monkeypatch.setenv(CONTRACT, str(tmp_path))
    assert contract_dir() == tmp_path
