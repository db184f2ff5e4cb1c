"""The outbox of several replicas: each event is told once, whoever sends, dies or is slow."""

import argparse
import json
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.replicas.bench import Bench, Figures
from tests.replicas.household import Terms
from tests.replicas.servers import HOOK

# Events at a time, and the fewest messages that tell something.
MANY, ENOUGH = 5, 15
KILL_EVERY = 4
AN_EVENT = """
    INSERT INTO happenings (at, kind, instance, search, details)
    SELECT %s, 'search-ended', 1, NULL, '{"outcome": "grabbed", "title": "<' || n || '>"}'
    FROM generate_series(%s::int, %s::int) AS n
"""
WAITING = """
    SELECT (SELECT count(*) FROM notices WHERE message_id IS NULL)
    + (SELECT count(*) FROM messages WHERE ended_at IS NULL)
    + (SELECT max(id) FROM happenings) - (SELECT max(last) FROM bookmarks)
"""
UNSENT = """
    SELECT notices.text, messages.outcome FROM notices
    JOIN messages ON messages.id = notices.message_id WHERE messages.outcome <> 'sent'
"""
REVIVE = "UPDATE targets SET dead_at = NULL, failures = 0"
HURRY = "UPDATE messages SET retry_at = NULL WHERE ended_at IS NULL"
SETTLED_WITHIN = 60.0


def outbox(bench: Bench, chosen: argparse.Namespace) -> Figures:
    """A target that refuses every third message, and kills while messages are on their way."""
    bench.found(Terms(queues=(), told=True))
    while len(bench.replicas) < chosen.replicas:
        bench.add(REPLICA_WITHOUT=chosen.without)
    bench.start()
    told, until = 0, time.monotonic() + chosen.seconds
    while time.monotonic() < until:
        bench.rows.ask(AN_EVENT, int(time.time() * 1000), told + 1, told + MANY)
        told += MANY
        _nudge(bench)
        if told % (KILL_EVERY * MANY) == 0:
            replica = bench.rng.choice(bench.alive())
            bench.kill(replica)
            replica.begin()
            replica.wait()
    _settle(bench)
    bench.watcher.stop()
    figures = _judged(bench, told)
    bench.stop()
    return figures


def _nudge(bench: Bench) -> None:
    """All replicas look at the same moment, several times."""
    for _ in range(3):
        bench.rows.ask(HURRY)
        bench.rows.ask("SELECT pg_notify('vqs', 'schedule')")
        time.sleep(bench.rng.uniform(0.05, 0.4))


def _settle(bench: Bench) -> None:
    until = time.monotonic() + SETTLED_WITHIN * bench.patience
    while bench.rows.ask(WAITING)[0][0] and time.monotonic() < until:
        bench.rows.ask(REVIVE)
        _nudge(bench)


def _judged(bench: Bench, told: int) -> Figures:
    asked = _asked(bench.folder / f"commands.jsonl{HOOK}")
    taken = [each for each in asked if each["status"] < 300]
    ids = Counter(each["id"] for each in taken)
    titles = Counter(title for each in taken for title in re.findall(r"<(\d+)>", each["message"]))
    unsent = bench.rows.ask(UNSENT)
    shown = {title for text, _ in unsent for title in re.findall(r"<(\d+)>", text)}
    unsure = sum(outcome == "unsure" for _, outcome in unsent)
    twice = [name for name, times in (ids | titles).items() if times > 1]
    nowhere = told - len(titles.keys() | shown)
    if twice:
        bench.violations.append(f"sent twice: {len(twice)}, such as {twice[:5]}.")
    if nowhere:
        bench.violations.append(f"{nowhere} of {told} events were neither told nor shown.")
    if len(ids) < ENOUGH:
        bench.violations.append(f"only {len(ids)} messages: too few to tell.")
    return {
        "events": told,
        "messages taken": len(ids),
        "tries": len(asked),
        "sent twice": len(twice),
        "events shown as unsure": unsure,
        "events shown as failed": len(unsent) - unsure,
        "neither told nor shown": nowhere,
    }


def _asked(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]
