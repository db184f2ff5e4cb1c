"""The page on notifications: its table says what is told, and its example checks a signature."""

import re
import time
from pathlib import Path
from typing import Any

from jobs.notifications.webhook import signature
from models.notifications.events import EVENTS
from models.notifications.kinds import KINDS

PAGE = (Path(__file__).parents[2] / "docs/how-to/notifications.md").read_text()
WORDS = {"at_once": "at once", "digest": "digest", "": "not told"}


def test_every_event_is_in_the_table_as_a_new_target_has_it() -> None:
    rows = re.findall(r"^\| (.+?) \| .+ \| (at once|digest|not told) \|$", PAGE, re.M)
    assert rows == [(event.label, WORDS[event.first]) for event in EVENTS.values()]


def test_every_kind_of_target_has_its_section() -> None:
    heads = re.findall(r"^## (.+)$", PAGE, re.M)
    for kind in KINDS.values():
        assert kind.label in heads or f"A {kind.label.lower()} of your own" in heads, kind.name


def test_the_example_knows_a_genuine_signature_from_a_forged_one() -> None:
    (example,) = re.findall(r"```python\n(.+?)```", PAGE, re.S)
    found: dict[str, Any] = {}
    exec(example, found)  # it is our own page
    is_genuine, body = found["is_genuine"], b'{"id": "41"}'
    now = int(time.time())
    assert is_genuine("key", signature("key", body, now), body)
    assert not is_genuine("other", signature("key", body, now), body)
    assert not is_genuine("key", signature("key", body, now), body + b" ")
    assert not is_genuine("key", signature("key", body, now - 900), body)
