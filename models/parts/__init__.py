"""The parts of a running program, each with its state: for the page System and for `check`."""

from datetime import datetime
from typing import NamedTuple

from models.badges import Badge

BADGES = {
    "well": Badge("on", "Well"),
    "warning": Badge("held", "Look at it"),
    "fault": Badge("failed", "Not working"),
    "off": Badge("disabled", "Off"),
    "waiting": Badge("unchecked", "Not checked yet"),
}


class PartState(NamedTuple):
    """One part.

    `state` is a key of BADGES.
    `sentence` says how it is; it holds no path, so that everybody may read it.
    `remedy` says what to do, for who runs the program; "" where there is nothing to do.
    `checked_at` is when it was last looked at; None where it is looked at now.
    `href` is the page that tells more, and `name_is_foreign` is whether a person chose the name.
    """

    name: str
    state: str
    sentence: str
    remedy: str = ""
    checked_at: datetime | None = None
    href: str = ""
    name_is_foreign: bool = False

    @property
    def badge(self) -> Badge:
        return BADGES[self.state]
