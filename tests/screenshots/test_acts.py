"""What the pictures need can be made from a month, however short it was."""

from pathlib import Path

import pytest

from jobs import scheduler
from models.database.encryption import Keyring
from models.instances import Instance
from models.notifications import NoticeTarget
from models.opening.schema import open_database
from models.people.audit import Event
from tests.screenshots import acts, past

pytestmark = pytest.mark.long


def test_people_act_in_a_month_and_an_instance_falls_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "LONGEST_WAIT", past.LOOKS_ROUND)
    past.live(tmp_path, days=0.05)
    opened = open_database(tmp_path / "vqs.db", Keyring(past.SECRET), past.UNTIL)
    acts.act(tmp_path, past.UNTIL)
    acts.trouble(past.UNTIL)
    assert NoticeTarget.select().count() == 2
    assert Event.select().count() >= len(acts.EVENTS)
    assert [row.name for row in Instance.select() if row.fault] == ["Cinema"]
    assert "Missing ended" in (tmp_path / "logs" / "all.log").read_text()
    opened.close_all()
