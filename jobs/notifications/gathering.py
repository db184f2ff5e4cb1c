"""Joins what a target is told into one message."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime

from jobs.notifications.senders import SENDERS
from jobs.wording import counted
from models.database import database
from models.database.locks import Lock
from models.notifications import NoticeTarget
from models.notifications.events import EVENTS, TONES
from models.notifications.outbox import Message, Notice

# Notices of one message at most, and of a digest, which counts those that do not fit.
MOST, MOST_OF_DIGEST = 200, 1000


def gather(target: NoticeTarget, at: datetime, public_url: str) -> Message | None:
    """The message that is to be sent next; None if there is nothing to tell.

    It is written as it will be sent, together with what it tells of. What is told at once comes
    before the digest, and as much of it as one message holds.
    """
    with database.atomic():
        database.lock_until_commit(Lock.OUTBOX, target.id)
        if found := Message.open_of(target):
            return found
        due = Notice.waiting(target).where(Notice.due_at <= at)
        at_once = _that_fit(target, list(due.where(~Notice.in_digest).limit(MOST)))
        chosen = at_once or list(due.limit(MOST_OF_DIGEST))
        if not chosen:
            return None
        message = _written(target, chosen, at, public_url, is_digest=not at_once)
        ids = [each.id for each in chosen]
        Notice.update(message=message).where(Notice.id.in_(ids)).execute()
        return message


def _that_fit(target: NoticeTarget, notices: Sequence[Notice]) -> list[Notice]:
    """The first notices that fit into one message; always one."""
    numbers = range(2, len(notices) + 1)
    fitting = bisect_left(numbers, True, key=lambda n: not _fits(target, _lines(notices[:n])))
    return list(notices[: 1 + fitting])


def _written(
    target: NoticeTarget,
    notices: Sequence[Notice],
    at: datetime,
    public_url: str,
    *,
    is_digest: bool,
) -> Message:
    events = list(dict.fromkeys(each.event for each in notices))
    tone = max((EVENTS[event].tone for event in events), key=TONES.index)
    first = notices[0]
    if len(notices) == 1 and not is_digest:
        event, title, text, path = first.event, EVENTS[first.event].label, first.text, first.path
    else:
        event = "digest" if is_digest else "several"
        title = _counts(notices) if is_digest else counted(len(notices), "notice")
        text, path = _fitted(target, notices), "/"
    return Message.create(
        target=target,
        event=event,
        title=title,
        text=text,
        link=public_url + path if public_url else "",
        tone="info" if is_digest else tone,
        created_at=at,
    )


def _counts(notices: Sequence[Notice]) -> str:
    """Headline of a digest: "Digest: 12 grabbed, 3 imported"."""
    counts: dict[str, int] = {}
    for each in notices:
        many = EVENTS[each.event].many
        counts[many] = counts.get(many, 0) + 1
    return "Digest: " + ", ".join(f"{many} {count}" for many, count in counts.items())


def _fitted(target: NoticeTarget, notices: Sequence[Notice]) -> str:
    """All lines, or as many as fit and how many there are besides."""
    text = _lines(notices)
    if len(notices) == 1 or _fits(target, text):
        return text
    numbers = range(2, len(notices))
    kept = 1 + bisect_left(numbers, True, key=lambda n: not _fits(target, _begun(notices, n)))
    return _begun(notices, kept)


def _fits(target: NoticeTarget, text: str) -> bool:
    return SENDERS[target.kind].fits(text)


def _begun(notices: Sequence[Notice], kept: int) -> str:
    return f"{_lines(notices[:kept])}\n{len(notices) - kept} more"


def _lines(notices: Sequence[Notice]) -> str:
    """The notices below a headline for each event, in the order in which they came."""
    if len(notices) == 1:
        return notices[0].text
    groups: dict[str, list[str]] = {}
    for each in notices:
        groups.setdefault(each.event, []).append(f"• {each.text}")
    return "\n\n".join("\n".join([EVENTS[event].many, *lines]) for event, lines in groups.items())
