"""Times, durations and numbers in the words of the pages."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from markupsafe import Markup

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
# Days from which on a duration is told in years.
YEARS_FROM = 1_000
# How far a date of this year, and one of another, may be to stand without its year: together they
# are less than a year.
SURE, NEAR = timedelta(days=300), timedelta(days=62)


def number(value: int) -> str:
    """A number with narrow spaces between thousands."""
    return f"{value:,}".replace(",", "\u202f")


def percent(share: float) -> str:
    """A share (0 to 1) in whole per cent; "0 %" and "100 %" only where it is exactly that."""
    if 0 < share < 0.01:
        return "under 1\u00a0%"
    if 0.99 < share < 1:
        return "over 99\u00a0%"
    return f"{share:.0%}".replace("%", "\u00a0%")


def rate(value: float) -> str:
    """A number of things a day: whole from 10 on, else with one decimal place."""
    return number(round(value)) if value >= 10 else f"{value:.1f}".removesuffix(".0")


def plural(count: int, one: str, many: str | None = None) -> str:
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def size(count: int) -> str:
    """A number of bytes, as disks count them: "0.7 MB", "350 MB", "2.4 GB", "412 GB", "4.2 TB"."""
    for unit, amount in (("TB", 10**12), ("GB", 10**9)):
        if count >= amount:
            value = count / amount
            return f"{value:.{0 if value >= 100 else 1}f} {unit}"
    return f"{count / 10**6:.1f} MB" if 50_000 <= count < 10**7 else f"{count // 10**6} MB"


def span(seconds: float) -> str:
    """A rough duration, as people say it: "40 s", "5 min", "2 h", "3 days", "4 years"."""
    if seconds < 90:
        return f"{max(int(seconds), 0)} s"
    if seconds < 90 * MINUTE_S:
        return f"{round(seconds / MINUTE_S)} min"
    if seconds < 36 * HOUR_S:
        return f"{round(seconds / HOUR_S)} h"
    days = round(seconds / DAY_S)
    return f"{days} days" if days < YEARS_FROM else f"{round(days / 365.25)} years"


def took(ms: int) -> str:
    """A duration: "less than a second", "1.4 s", "3 min"."""
    if ms < 1000:
        return "less than a second"
    return f"{ms / 1000:.1f} s" if ms < 10_000 else span(ms / 1000)


def ago(moment: datetime | None, zone: ZoneInfo, now: datetime) -> Markup:
    if moment is None:
        return Markup("never")
    past = (now - moment).total_seconds()
    return _time(moment, zone, "just now" if past < 10 else f"{span(past)} ago")


def until(moment: datetime | None, zone: ZoneInfo, now: datetime) -> Markup:
    if moment is None:
        return Markup("not scheduled")
    left = (moment - now).total_seconds()
    return _time(moment, zone, "now" if left < 5 else f"in {span(left)}")


def moment(when: datetime | None, zone: ZoneInfo, now: datetime) -> Markup:
    """The time of day; with the date where it is not today, and with the year if that is not clear.

    No date without its year can be taken for one that is past and for one that is to come.
    """
    if when is None:
        return Markup("never")
    local, today = when.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        words = f"{local:%H:%M}"
    elif abs(local - today) < (SURE if local.year == today.year else NEAR):
        words = f"{local.day} {local:%b, %H:%M}"
    else:
        words = f"{local.day} {local:%b %Y}"
    return _time(when, zone, words)


def clock_time(when: datetime, zone: ZoneInfo, _: datetime) -> Markup:
    """The time of day alone: "14:02"."""
    return _time(when, zone, f"{when.astimezone(zone):%H:%M}")


def second(when: datetime, zone: ZoneInfo, _: datetime) -> Markup:
    """Date and time to the second: "4 May, 14:02:09"."""
    local = when.astimezone(zone)
    return _time(when, zone, f"{local.day} {local:%b, %H:%M:%S}")


def day(which: date, zone: ZoneInfo, now: datetime) -> str:
    """A day of that zone: "Today", "Yesterday", "Mon 4 May"."""
    today = now.astimezone(zone).date()
    year = f" {which.year}" if which.year != today.year else ""
    named = {today: "Today, ", today - timedelta(days=1): "Yesterday, "}.get(which, "")
    return f"{named}{which:%a} {which.day} {which:%b}{year}"


def date_words(which: date, zone: ZoneInfo, now: datetime) -> str:
    """A day: "4 May"; with its year where that is not the present one."""
    year = f" {which.year}" if which.year != now.astimezone(zone).year else ""
    return day_words(which) + year


def day_time(when: datetime, zone: ZoneInfo, now: datetime) -> Markup:
    """The time of day; with the weekday where it is another day, with the date from a week on."""
    local, today = when.astimezone(zone), now.astimezone(zone)
    apart = abs((local.date() - today.date()).days)
    day = "" if not apart else f"{local:%a} " if apart < 7 else f"{local.day} {local:%b}, "
    return _time(when, zone, f"{day}{local:%H:%M}")


def clock(when: datetime, _: ZoneInfo, now: datetime) -> Markup:
    """Date and time in the moment's own time zone: "Sun 29 Mar, 03:00"."""
    year = f" {when.year}" if when.year != now.year else ""
    return _time(when, when.tzinfo, f"{when:%a} {when.day} {when:%b}{year}, {when:%H:%M}")


def _time(when: datetime, zone: tzinfo | None, words: str) -> Markup:
    local = when.astimezone(zone)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        when.astimezone(UTC).isoformat(timespec="seconds"),
        f"{local:%A}, {local.day} {local:%B %Y, %H:%M:%S %Z}",
        words,
    )


def day_words(day: date) -> str:
    """A day without its year: "4 May"."""
    return f"{day.day} {day:%b}"
