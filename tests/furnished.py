"""A household with a row in every table; each free text names the place where it stands."""

from datetime import datetime, timedelta

from peewee import TextField

from jobs.housekeeping.catalogue import JOBS
from models.backlog.exclusions import Exclusion
from models.backlog.seasons import Season
from models.backlog.snapshots import Drift, Snapshot
from models.database import database
from models.database.fields import now, to_ms
from models.dry_runs import DrySearch
from models.forms.held_forms import HeldForm
from models.hooks import Hook
from models.instances import Instance, WantedList
from models.instances.faults import failed
from models.instances.health import Answers, HalfHour, half_hour
from models.instances.proxies import Credentials
from models.jobs import Job, JobRun
from models.notifications import NoticeTarget
from models.notifications.outbox import Bookmark, Message, Notice
from models.opening.schema import TABLES
from models.people import User
from models.people.audit import Event
from models.people.half_sign_ins import HalfSignIn
from models.people.invitations import Invitation
from models.people.keys import ApiKey
from models.people.known_browsers import KnownBrowser
from models.people.second_factors import RecoveryCode, SecondFactor
from models.people.sessions import Session
from models.people.throttles import Throttle
from models.plan.course import BacklogDay
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import IndexerLink, ProwlarrIndexer
from models.prowlarrs.requests import IndexerRequest
from models.queues import Queue
from models.scores import FileScore, ScoreChange
from models.scores.profiles import ScoreProfile
from models.scores.shelves import ScoreScan, ScoreShelf
from models.searches import Search, SearchItem
from models.searches.grabs import Grab
from models.searches.runs import Run
from models.searches.saved_views import SavedView
from models.trials import Offer, Trial
from models.wishes import Wish
from models.yields import Yield
from models.yields.departures import Departure
from tests.people import account
from tests.timing import every
from tests.wanted import wanted

# What is one of a few words, a hash, sealed, or an address that was made uniform: not free.
BOUND = {
    *("backup_rhythm", "backup_time"),
    *("browser_hash", "key_hash", "method", "scope", "typed"),
    *("at_once", "digest", "instances", "settings", "event", "tone", "path"),
    *("code", "details", "dimension", "download_id", "fate", "movie_release", "schedule_json"),
    *("facts", "holds_json", "replaced_json"),
    *("action", "api_key", "application", "browser_url", "code_hash", "fault_code", "filters_json"),
    *("fingerprint", "flash", "id_hash", "key", "kind", "last_kind", "order", "outcome", "packs"),
    *("proxy_headers", "proxy_name", "proxy_password"),
    *("password_hash", "pepper", "role", "secret", "series_status", "series_type", "state"),
    *("strategy", "theme", "time_zone", "token_hash", "trigger", "url", "visitor_hash", "want"),
}
FREE = [
    (table._meta.table_name, field.column_name)
    for table in TABLES
    for field in table._meta.sorted_fields
    if isinstance(field, TextField) and field.name not in BOUND
]


def furnish(text: str, password: str) -> str:
    """The token of an open invitation. Alice administers it; the first row of each is hers.

    Nothing in it is due, so that a program started on it leaves it as it is.
    """
    at = now()
    alice, bob = (_person(name, role, password) for name, role in PEOPLE)
    instance = _instance(at)
    queue = _queue(alice, instance)
    _history(queue, alice, at)
    _prowlarr(instance, at)
    _notifications(at)
    Session.begin(alice, at, "192.168.1.9", text)
    HalfSignIn.begin("a browser", bob, "/", at)
    KnownBrowser.remember(None, alice, at)
    ApiKey.make(alice, text, "read", at)
    HeldForm.hold("a browser", bob.id, ("/queues", "POST"), [("name", text)], at)
    Throttle.count([f"name:{text}"], at)
    _, token = Invitation.make(alice, "viewer", text, at)
    RecoveryCode.create(user=bob, code_hash="0" * 64)
    SecondFactor.create(user=bob, secret="JBSWY3DPEHPK3PXP" * 2, begun_at=at, confirmed_at=at)
    # Its rows are written once.
    told = {name: f"{text} audit.{name}" for name in ("name", "address", "about")}
    Event.create(at=at, action="instance-changed", **told)
    for table, column in FREE:
        if table not in ("audit", "jobs") or (table, column) == ("jobs", "fault"):
            told = f"{text} {table}.{column}"
            database.many(f'UPDATE "{table}" SET "{column}" = ?', [(told,)])
    return token


PEOPLE = (("alice", "admin"), ("bob", "member"))


def _person(name: str, role: str, password: str) -> User:
    return account(name, role, password=password)


def _instance(at: datetime) -> Instance:
    instance = Instance.create(
        name="attic",
        key="attic",
        application="sonarr",
        url="http://127.0.0.1:9",
        api_key="k" * 32,
        fault_code="refused",
        faulty_since=at,
        retry_at=at + timedelta(days=9),
        checked_at=at,
        conditions_at=at,
        looked_at=at + timedelta(days=9),
        synced_at=at,
        created_at=at,
        verify_tls=False,
        lost_folder="x",
        tight_folder="x",
        tight_free=90_000_000_000,
        unmeasured_folder="x",
        **Credentials("porter", "let me in", (("X-Porter", "sesame"),)).columns,
    )
    told = {"code": "refused", "sentence": "x", "at": at, "retry_at": instance.retry_at}
    failed(instance, "status", **told)
    hook, _ = Hook.renew(instance, "http://127.0.0.1:7337", at)
    asked = dict.fromkeys(("lists_at", "state_at", "strange_at"), at)
    hook.change(heard_at=at, followed_at=at, health_at=at, proved_at=at, fault="x", **asked)
    HalfHour.add({(instance.id, half_hour(at)): Answers(9, 1, 1, 9_000)})
    for want in ("missing", "upgrade"):
        WantedList.of(instance, want).change(total=1, synced_at=at)
    for kind in ("profile", "tag", "indexer", "folder"):
        Snapshot.create(instance=instance, kind=kind, arr_id=1, name="x", fingerprint="")
    Drift.create(instance=instance, at=at, sentence="x")
    Season.create(instance=instance, series_id=5, number=1)
    scores = {"upgrades": True, "cutoff_score": 900, "least_step": 1, "reach": 900}
    learnt = {"formats": "x", "seen": 1, "learnt_since": at, "grabs": 1, "best_grabbed": 9}
    ScoreProfile.create(instance=instance, arr_id=1, name="x", **scores, **learnt)
    ScoreScan.create(instance=instance, round=1, began_at=at, shelves=1, fault="x", grabs_until=at)
    ScoreShelf.create(instance=instance, arr_id=5, title="x", profile_id=1, facts="[]", round=1)
    file = {"shelf": 5, "file_id": 3, "profile_id": 1, "score": 10, "below_quality": False}
    file["is_stale"] = True
    FileScore.create(instance=instance, arr_id=1, **file)
    told = {"score_before": 5, "score_after": 10}
    ScoreChange.create(instance=instance, arr_id=1, title="x", at=at, **told)
    wanted(instance, at=at, profile_id=1, root_folder="x", tags=[1])
    return instance


def _prowlarr(instance: Instance, at: datetime) -> None:
    prowlarr = Prowlarr.create(
        name="indexers",
        key="indexers",
        url="http://127.0.0.1:9",
        api_key="p" * 32,
        proxy_name="x",
        proxy_password="x",
        proxy_headers="[]",
        created_at=at,
        version="2",
        fault_code="refused",
        fault="x",
        faulty_since=at,
        retry_at=at + timedelta(days=9),
        listed_at=at,
        read_at=at,
    )
    told = {"name": "x", "is_enabled": True, "query_limit": 100}
    indexer = ProwlarrIndexer.create(prowlarr=prowlarr, number=1, **told)
    its = {"instance": instance, "automatic": True, "name": "x", "place": "x"}
    IndexerLink.create(arr_id=1, number=1, **its)
    IndexerLink.create(arr_id=2, **its)
    asked = {"kind": "query", "at": to_ms(at), "source": "x", "successful": True}
    IndexerRequest.create(indexer=indexer, number=1, search=1, **asked)


def _notifications(at: datetime) -> None:
    """A target that is dead, so that nothing is sent to it."""
    target = NoticeTarget.create(
        name="phone",
        key="phone",
        kind="webhook",
        settings='{"webhook_url": "http://127.0.0.1:9/a-secret-place", "signing_key": "the key"}',
        at_once='["unreachable"]',
        digest='["grabbed"]',
        quiet_from=22,
        quiet_to=7,
        created_at=at,
        dead_at=at,
        fault="x",
        failures=3,
        sent_at=at,
    )
    told = {"event": "unreachable", "title": "x", "text": "x", "link": "x", "tone": "error"}
    ended = {"ended_at": at, "outcome": "failed", "fault": "x", "tries": 5}
    message = Message.create(target=target, created_at=at, **told, **ended)
    notice = {"about": "x", "text": "x", "path": "/", "at": at, "due_at": at}
    Notice.create(target=target, event="unreachable", message=message, **notice)
    Notice.create(target=target, event="grabbed", in_digest=True, **notice)
    Bookmark.create(last=0)


def _queue(owner: User, instance: Instance) -> Queue:
    queue = Queue.create(
        owner=owner,
        name="nightly",
        key="nightly",
        strategy="missing",
        batch_size=5,
        schedule_json=every(120),
        created_at=now(),
    )
    queue.serve([instance])
    return queue


def _history(queue: Queue, by: User, at: datetime) -> None:
    run = Run.start(queue, at, trigger="person", by=by)
    assert run is not None
    run.leave_out("x")
    run.finish("held", at, "x")
    search = Search.create(
        run=run,
        queue=queue,
        instance=1,
        queue_name="x",
        instance_name="x",
        demo=False,
        kind="episode",
        want="missing",
        title="x",
        link="x",
        release="x",
        indexer="x",
        attempt=1,
        state="done",
        outcome="grabbed",
        created_at=at,
    )
    SearchItem.create(search=search, item=1)
    dry = {"title": "x", "link": "x", "want": "missing"}
    DrySearch.create(run=run, item=1, instance_name="x", application="sonarr", **dry)
    trial = Trial.create(search=search, item=1, at=at, total=1, approved=1)
    Offer.create(trial=trial, place=1, release="x", state="approved", is_taken=True)
    Grab.create(
        search=search,
        instance=1,
        arr_id=1,
        download_id="x",
        release="x",
        indexer="x",
        grabbed_at=at,
    )
    Departure.create(instance=1, day=20260504, ours=1)
    BacklogDay.note(at)
    Yield.count_outcome(search)
    for name in JOBS:
        job = Job.create(name=name, created_at=at, next_at=at + timedelta(days=9), fault="x")
        JobRun.create(job=job, trigger="schedule", started_at=at, finished_at=at, outcome="failed")
    SavedView.keep(by, "x", "outcome=grabbed", at)
    Wish.create(kind="search", about=1, asked_at=at, taken_by=1, taken_at=at, ended_at=at)
    Exclusion.create(instance=1, user=by, kind="item", arr_id=999, title="x", created_at=at)
