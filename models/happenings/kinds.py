"""Every kind of event there is, and what its details hold; whoever reads events picks by these."""

from typing import NamedTuple

from models.people.audit import WORDS


class Kind(NamedTuple):
    """`details` are the names in its JSON; with `is_audited` the audit trail has it too."""

    details: tuple[str, ...] = ()
    is_audited: bool = False


# `about` names what a person's deed was done to.
OF_PEOPLE = {action: Kind(("about", "address"), is_audited=True) for action in WORDS}

OF_THE_PROGRAM = {
    "search-sent": Kind(("title", "want")),
    # `outcome` is a key of `models.searches.OUTCOMES`.
    "search-ended": Kind(("title", "want", "outcome", "release")),
    # What became of the release that a search grabbed.
    "grab-imported": Kind(("title", "release")),
    "grab-failed": Kind(("title", "release")),
    "grab-ignored": Kind(("title", "release")),
    "run-began": Kind(("run", "trigger")),
    # `state` is finished, cancelled or interrupted.
    "run-ended": Kind(("run", "state", "note")),
    "run-held": Kind(("run", "note")),
    "instance-faulty": Kind(("code", "sentence")),
    "instance-well": Kind(),
    # One for a whole reading of an instance's lists, not for the items in them.
    "sync-ended": Kind(),
    "job-failed": Kind(("name", "sentence")),
    "job-well": Kind(("name",)),
}

KINDS = OF_PEOPLE | OF_THE_PROGRAM
