"""Turns the settings of Houndarr into ours: never faster than there, and within our bounds."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple

from models.applications import APPLICATIONS
from models.files.reading import FileContent
from models.forms.schedules import WINDOWS, clock_time
from models.houndarr import KNOWN, HoundarrInstance, HoundarrPass, HoundarrSettings
from models.household import Household
from models.instances import Instance, twins
from models.instances.addresses import normalise
from models.people.names import LONGEST_NAME, key_of
from models.schedules import Schedule
from models.schedules.faults import LONGEST, faults_of
from models.schedules.hours import DAY_MINUTES
from models.schedules.kinds import SHORTEST
from models.schedules.words import every as in_words

STRATEGIES = {"missing": "missing", "cutoff": "cutoff", "upgrade": "score"}
LABELS = {"missing": "Missing", "cutoff": "Upgrades", "upgrade": "Score"}
HOUR_MINUTES = 60
LARGEST_BATCH, LARGEST_NUMBER = 50, 1000
MOST_HOURLY, MOST_DAILY = 100, 1000
MOST_COOLDOWN, MOST_GRACE, MOST_DOWNLOADS = 90, 168, 1000
WINDOW = re.compile(r"\s*([0-9:.]+)\s*-\s*([0-9:.]+)\s*")


class HoundarrLine(NamedTuple):
    """A setting there, what it becomes here, and why it is another one; "" where it is not."""

    about: str
    theirs: str
    ours: str
    why: str = ""


class Translated(NamedTuple):
    content: FileContent
    lines: list[HoundarrLine]


def translated(settings: HoundarrSettings, at: datetime) -> Translated:
    """What Houndarr's settings are here; nothing is written."""
    lines: list[HoundarrLine] = []
    if settings.version > KNOWN:
        why = f"known up to {KNOWN}; what is newer is not read"
        lines.append(HoundarrLine("Houndarr", f"schema {settings.version}", "read", why))
    ours = []
    for each in settings.instances:
        if each.application in APPLICATIONS:
            ours.append(each)
        else:
            why = "here it is Sonarr and Radarr"
            lines.append(HoundarrLine(each.name, each.application, "left out", why))
    household = _household(ours, lines)
    instances, queues = [], []
    for each, name in zip(ours, _names(ours), strict=True):
        instances.append(_instance(each, name, lines))
        for one in each.passes:
            queue = _queue(each, one, name, lines)
            if each.window:
                _within_hours(queue, each, lines, at)
            queues.append(queue)
    return Translated(
        FileContent(household, {"instances": instances, "queues": queues, "views": []}), lines
    )


def _names(instances: Iterable[HoundarrInstance]) -> list[str]:
    """A name for each: that of the same server here, or its own, which no other server has."""
    found: list[str] = []
    taken = {row.key for row in Instance.select()}
    for each in instances:
        if twin := _twin(each):
            found.append(twin.name)
            continue
        name = each.name[:LONGEST_NAME] or each.application.title()
        number = 2
        while key_of(name) in taken:
            name = f"{each.name[: LONGEST_NAME - 4]} {number}"
            number += 1
        taken.add(key_of(name))
        found.append(name)
    return found


def _twin(instance: HoundarrInstance) -> Instance | None:
    try:
        return twins.at(normalise(instance.url))
    except ValueError:
        return None


def _household(instances: Sequence[HoundarrInstance], lines: list[HoundarrLine]) -> dict[str, int]:
    """The longest of all instances and of what holds here, as it is one for all here."""
    row = Household.current()
    passes = [one for each in instances for one in each.passes]
    theirs = {
        "missing_cooldown_days": [p.cooldown_days for p in passes if p.name == "missing"],
        "upgrade_cooldown_days": [p.cooldown_days for p in passes if p.name != "missing"],
        "grace_hours": [each.grace_hours for each in instances],
    }
    found = {}
    for name, values in theirs.items():
        if values:
            most = MOST_GRACE if name == "grace_hours" else MOST_COOLDOWN
            found[name] = min(max(*values, getattr(row, name)), most)
            why = "" if set(values) == {found[name]} else "one for all: the longest, within bounds"
            told = ", ".join(map(str, sorted(set(values))))
            lines.append(HoundarrLine("Household", f"{name} {told}", str(found[name]), why))
    bases = [found.get(name, 0) for name in ("missing_cooldown_days", "upgrade_cooldown_days")]
    if max(bases) > row.longest_cooldown_days:
        found["longest_cooldown_days"] = max(bases)
    return found


def _instance(each: HoundarrInstance, name: str, lines: list[HoundarrLine]) -> dict[str, Any]:
    there = _twin(each)
    pace = sum((_pace(each, one) for one in each.passes), Fraction(0))
    hourly = min(max(int(pace), 1), MOST_HOURLY)
    daily = min(max(int(pace * 24), 1), MOST_DAILY)
    limit = min(each.queue_limit, MOST_DOWNLOADS) if each.queue_limit > 0 else 20
    if there is not None:
        hourly, daily = min(hourly, there.hourly_budget), min(daily, there.daily_budget)
        limit = min(limit, there.download_limit)
    caps = ", ".join(f"{one.name} {one.hourly_cap or 'none'}" for one in each.passes) or "no pass"
    why = "all passes together, as often as they really came"
    ours = f"{hourly} an hour, {daily} a day"
    lines.append(HoundarrLine(name, f"hourly cap: {caps}", f"budget: {ours}", why))
    theirs = str(each.queue_limit) if each.queue_limit else "off"
    why = "" if each.queue_limit else "here it is always on"
    lines.append(HoundarrLine(name, f"queue limit {theirs}", f"active downloads {limit}", why))
    return {
        "name": name,
        "application": each.application,
        "url": each.url,
        "hourly_budget": hourly,
        "daily_budget": daily,
        "download_limit": limit,
    }


def _pace(each: HoundarrInstance, one: HoundarrPass) -> Fraction:
    """Searches of the pass in an hour."""
    pace = Fraction(one.batch * HOUR_MINUTES, each.sleep_minutes)
    return min(pace, Fraction(one.hourly_cap)) if one.hourly_cap else pace


def _queue(
    each: HoundarrInstance, one: HoundarrPass, instance: str, lines: list[HoundarrLine]
) -> dict[str, Any]:
    batch = min(one.batch, LARGEST_BATCH)
    # As many minutes as the batch took there, the cap included; rounded up.
    minutes = max(each.sleep_minutes, SHORTEST, ceil(batch * HOUR_MINUTES / _pace(each, one)))
    every, unit = _in_units(min(minutes, LONGEST))
    name = f"{LABELS[one.name]} of {instance}"[:LONGEST_NAME]
    found: dict[str, Any] = {
        "name": name,
        "strategy": STRATEGIES[one.name],
        "instances": [instance],
        "batch_size": batch,
        "order": "random" if each.order == "random" else "oldest",
        "packs": "when"
        if one.by_season and APPLICATIONS[each.application].kind.has_seasons
        else "never",
        "kind": "every",
        "every": every,
        "unit": unit,
        "tags_in": each.tags_in,
        "tags_out": each.tags_out,
    }
    theirs = f"{one.batch} every {each.sleep_minutes} min, cap {one.hourly_cap or 'none'}"
    why = "" if (batch, minutes) == (one.batch, each.sleep_minutes) else "the cap, and our bounds"
    lines.append(HoundarrLine(name, theirs, f"{batch} {in_words(_minutes(found)).lower()}", why))
    for told, tags in (("include", each.tags_in), ("exclude", each.tags_out)):
        if tags:
            ours = "any of" if told == "include" else "none of"
            lines.append(HoundarrLine(name, f"tags to {told}", f"{ours} {', '.join(tags)}"))
    return found


def _minutes(queue: dict[str, Any]) -> int:
    sizes = {"minutes": 1, "hours": HOUR_MINUTES, "days": DAY_MINUTES}
    return int(queue["every"] * sizes[queue["unit"]])


def _in_units(minutes: int) -> tuple[int, str]:
    """The span in the smallest unit whose number a form takes, rounded up."""
    for unit, size in (("minutes", 1), ("hours", HOUR_MINUTES)):
        if minutes <= LARGEST_NUMBER * size:
            whole = minutes % HOUR_MINUTES == 0 and size == 1
            return (minutes // HOUR_MINUTES, "hours") if whole else (-(-minutes // size), unit)
    return -(-minutes // DAY_MINUTES), "days"


def _within_hours(
    queue: dict[str, Any], each: HoundarrInstance, lines: list[HoundarrLine], at: datetime
) -> None:
    """Adds the hours; a queue whose span does not meet them runs at the begin of each."""
    zone = Household.current().time_zone
    try:
        windows = _windows(each.window)
    except ValueError:
        why = "it cannot be told here: choose the hours before you start this queue"
        lines.append(HoundarrLine(queue["name"], f"window {each.window[:80]}", "none", why))
        return
    for names, window in zip(WINDOWS, windows, strict=False):
        queue |= dict(zip(names, window, strict=True))
    minutes = _minutes(queue)
    plan = Schedule(kind="every", time_zone=zone, every_minutes=minutes, hours=windows)
    ours = ", ".join(f"{begin} to {end}" for begin, end in windows)
    why = f"in the time zone {zone}: there it was that of the container"
    if faults_of(plan, at):
        for name in ("every", "unit"):
            del queue[name]
        queue |= _at_begins(minutes, [begin for begin, _ in windows])
        ours, why = f"{queue['kind']}, as the hours begin", f"its span may miss them; {why}"
    lines.append(HoundarrLine(queue["name"], f"window {each.window}", ours, why))


def _at_begins(minutes: int, begins: list[str]) -> dict[str, Any]:
    """The fields of a schedule at the begin of hours, at most once in so many minutes."""
    if minutes <= DAY_MINUTES:
        return {"kind": "daily", "times": ", ".join(begins[: DAY_MINUTES // minutes])}
    if minutes <= 7 * DAY_MINUTES:
        return {"kind": "weekly", "times": begins[0], "weekdays": [0]}
    hour, minute = begins[0].split(":")
    return {"kind": "cron", "cron": f"{int(minute)} {int(hour)} 1 * *"}


def _windows(text: str) -> tuple[tuple[str, str], ...]:
    """The windows of "09:00-23:00, 01:00-05:00". Raises ValueError."""
    found = []
    for part in text.split(","):
        match = WINDOW.fullmatch(part)
        if match is None:
            raise ValueError
        begin, end = (clock_time(each.replace("24:00", "00:00")) for each in match.groups())
        found.append((begin, end))
    if len(found) > len(WINDOWS):
        raise ValueError
    return tuple(found)
