"""Deletes rows that have expired."""

from jobs.engine import Engine
from jobs.wording import counted
from models.backlog.exclusions import Exclusion
from models.forms.held_forms import HeldForm
from models.happenings import Happening
from models.instances.health import HalfHour
from models.jobs import JobReport
from models.notifications import outbox
from models.people.keys import ApiKey
from models.people.known_browsers import KnownBrowser
from models.people.sessions import Session
from models.people.throttles import Throttle
from models.trials import Trial
from models.wishes import Wish


async def clear_ended(engine: Engine) -> JobReport:
    now = engine.clock.now()
    ended = (
        (Session.sweep(now), "sign-in", "sign-ins"),
        (KnownBrowser.sweep(now), "known browser", "known browsers"),
        (ApiKey.sweep(now), "revoked API key", "revoked API keys"),
        (HeldForm.sweep(now), "form that was not sent", "forms that were not sent"),
        (Throttle.sweep(now), "count of wrong passwords", "counts of wrong passwords"),
        (Exclusion.sweep(now), "exclusion", "exclusions"),
        (Wish.sweep(now), "answered request", "answered requests"),
        (Trial.sweep(now), "answer about releases", "answers about releases"),
        (Happening.forget(now), "event older than 30 days", "events older than 30 days"),
        (outbox.forget(now), "old notification", "old notifications"),
        (HalfHour.forget(now), "half hour of health", "half hours of health"),
    )
    parts = [counted(*each) for each in ended if each[0]]
    return JobReport(f"Cleared: {', '.join(parts)}." if parts else "Nothing had ended.")
