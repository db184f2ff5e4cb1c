"""The question whether the running server is well, as a container asks it."""

import pytest

from jobs.probe import main
from tests.fakes.program import free_port


def test_where_nothing_answers_it_says_so_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    monkeypatch.setenv("VQS_PORT", str(port))
    assert main() == 1
    said = f"Nothing answers on port {port} of 127.0.0.1: Connection refused.\n"
    assert capsys.readouterr().err == said
