"""What people did in the month of the pictures, and what they were told: made anew each time."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from models.backlog import Item
from models.backlog.exclusions import Exclusion
from models.hooks import Hook
from models.instances import Instance
from models.instances.faults import failed
from models.instances.health import HALF_HOUR, Answers, HalfHour, half_hour
from models.notifications import NoticeTarget
from models.notifications.outbox import Message, Notice
from models.people import User
from models.people.audit import Event
from models.people.invitations import Invitation
from models.people.keys import ApiKey
from models.prowlarrs import Prowlarr
from models.searches.saved_views import SavedView
from tests.people import account

ADDRESSES = {
    "Living room": "http://sonarr:8989",
    "Cinema": "http://radarr:7878",
    "Anime": "http://sonarr-anime:8990",
}
AT_HOME, AWAY = "192.168.1.20", "192.168.1.37"
# Hours ago, who, from where, what, and about what.
EVENTS = (
    (716, "Alice", AT_HOME, "instance-added", "Anime"),
    (715, "Alice", AT_HOME, "prowlarr-added", "Indexers"),
    (480, "Alice", AT_HOME, "invited", "Bob, member"),
    (479, "Bob", AWAY, "joined", ""),
    (311, "Alice", AT_HOME, "settings-changed", "cooldown of missing items"),
    (120, "Bob", AWAY, "excluded", "season 3 of a series"),
    (97, "", "203.0.113.9", "refused", ""),
    (73, "Alice", AT_HOME, "key-made", "Homepage"),
    (63, "Bob", AWAY, "held", ""),
    (62, "Alice", AT_HOME, "went-on", ""),
    (49, "Alice", AT_HOME, "target-added", "Phone"),
    (26, "Alice", AT_HOME, "queue-changed", "Anime by night"),
    (25, "Alice", AT_HOME, "webhook-made", "Living room"),
    (1, "Alice", AT_HOME, "prowlarr-changed", "Indexers"),
    (9, "Alice", AT_HOME, "backup-downloaded", "of 29 November"),
    (2, "Bob", AWAY, "signed-in", ""),
)
# Seconds ago, level, logger and what was said.
LINES = (
    (16_500, "info", "jobs.runs", "run 412 of Missing began"),
    (16_380, "info", "jobs.runs", "run 412 of Missing ended: 5 searches, 1 grabbed"),
    (11_420, "info", "jobs.housekeeping", "Follow what was grabbed: 2 imported"),
    (9_310, "warning", "jobs.engine.retries", "Cinema has not answered within 30 s; asked again"),
    (9_280, "info", "jobs.engine.retries", "Cinema answers again"),
    (4_110, "info", "jobs.backups", "made a backup of 3.1 MB, read back and whole"),
    (2_100, "info", "jobs.runs", "run 413 of New releases ended: 3 searches, 0 grabbed"),
)


def act(folder: Path, until: datetime) -> None:
    """`folder` holds the database, which is open, and gets the log."""
    alice = User.get()
    bob = account("Bob", "member", at=until - timedelta(days=20))
    account("Carol", "viewer", at=until - timedelta(days=6))
    _decide(alice, bob, until)
    _connect(until)
    _tell(until)
    SavedView.keep(alice, "Grabbed in Cinema", "outcome=grabbed&instance=2", until)
    for name, scope, days, minutes in (
        ("Homepage", "totals", 3, 4),
        ("Home Assistant", "read", 19, 700),
    ):
        key, _ = ApiKey.make(alice, name, scope, until - timedelta(days=days))
        key.was_used(until - timedelta(minutes=minutes))
    Invitation.make(alice, "viewer", "Dora", until - timedelta(hours=5))
    people = {"Alice": alice, "Bob": bob}
    for hours, name, address, action, about in EVENTS:
        at = until - timedelta(hours=hours)
        Event.note(action, at, user=people.get(name), address=address, about=about)
    _log(folder / "logs", until)


def _decide(alice: User, bob: User, at: datetime) -> None:
    """Some exclusions."""
    items = [item for item in Item.select().order_by(Item.id) if _is_plain(item)]
    series = [item for item in items if item.series_id][:400]
    movie = next(item for item in items if not item.series_id)
    week, month = (at + timedelta(days=each) for each in (7, 30))
    for item, kind, until, user, ago in (
        (series[40], "series", None, alice, 12),
        (series[150], "season", month, bob, 5),
        (series[-1], "item", week, alice, 1),
        (movie, "item", None, alice, 3),
    ):
        Exclusion.decide(item, kind, until=until, user=user, at=at - timedelta(days=ago))


def _is_plain(item: Item) -> bool:
    """The demo library has titles that try to break pages."""
    said = f"{item.series_title or ''}{item.title}".replace(" ", "").replace("'", "")
    return said.isalnum()


def _connect(at: datetime) -> None:
    """Addresses that look like those of a stack of containers, and a webhook."""
    for instance in Instance.select():
        instance.change(url=ADDRESSES[instance.name])
    Prowlarr.update(url="http://prowlarr:9696").execute()
    living_room = Instance.get(Instance.name == "Living room")
    hook, _ = Hook.renew(living_room, "http://vqs:7337", at - timedelta(hours=25))
    hook.change(heard_at=at - timedelta(minutes=7), proved_at=at - timedelta(hours=25))


def _tell(at: datetime) -> None:
    """Two targets, one of which is not well."""
    phone = _target(
        "Phone",
        "ntfy",
        {"url": "https://ntfy.sh", "topic": "a secret", "verify_tls": True},
        ("unreachable", "reachable", "indexer-silent", "job-failed"),
        ("grabbed", "imported"),
        at - timedelta(days=2),
    )
    phone.change(quiet_from=22, quiet_to=7, sent_at=at - timedelta(hours=7))
    for event in ("grabbed", "imported"):
        told = {"about": event, "at": at, "due_at": at + timedelta(hours=12), "path": "/searches"}
        Notice.create(target=phone, event=event, text=event, in_digest=True, **told)
    family = _target(
        "Family channel",
        "discord",
        {"webhook_url": "https://discord.com/api/webhooks/1/a"},
        ("grabbed",),
        (),
        at - timedelta(days=9),
    )
    family.change(sent_at=at - timedelta(hours=3))
    Message.create(
        target=family,
        event="grabbed",
        title="Grabbed",
        text="2 releases were grabbed.",
        tone="success",
        created_at=at - timedelta(hours=30),
        ended_at=at - timedelta(hours=29),
        outcome="failed",
        fault="Discord answered 503 five times.",
        tries=5,
    )


def _target(
    name: str,
    kind: str,
    settings: dict[str, str | bool],
    at_once: tuple[str, ...],
    digest: tuple[str, ...],
    at: datetime,
) -> NoticeTarget:
    return NoticeTarget.create(
        name=name,
        key=name.lower(),
        kind=kind,
        settings=json.dumps(settings),
        at_once=json.dumps(at_once),
        digest=json.dumps(digest),
        created_at=at,
    )


def _log(folder: Path, until: datetime) -> None:
    """The month wrote no log, as its lines would have the times of the real world."""
    folder.mkdir(mode=0o700)
    lines = []
    for ago, level, logger, said in LINES:
        at = (until - timedelta(seconds=ago)).isoformat(timespec="milliseconds")
        time = at.replace("+00:00", "Z")
        lines.append(f'time={time} level={level} logger={logger} message="{said}"\n')
    file = folder / "all.log"
    file.write_text("".join(lines))
    file.chmod(0o600)


def trouble(until: datetime) -> None:
    """Cinema has been silent since the early morning."""
    cinema = Instance.get(Instance.name == "Cinema")
    since = until - timedelta(hours=17)
    sentence = "Nothing answers at http://radarr:7878."
    failed(cinema, "status", code="refused", sentence=sentence, at=since, retry_at=until)
    cinema.change(faulty_since=since, retry_at=until + timedelta(minutes=4))
    first = half_hour(since)
    HalfHour.delete().where(HalfHour.instance == cinema, HalfHour.at >= first).execute()
    silent = (first + n * HALF_HOUR for n in range((until - first) // HALF_HOUR + 1))
    HalfHour.add({(cinema.id, each): Answers(silent=2) for each in silent})
