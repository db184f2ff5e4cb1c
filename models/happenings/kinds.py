"""Every kind of event, and the details that it holds."""

from typing import NamedTuple

from models.people.audit import WORDS


class HappeningKind(NamedTuple):
    """A kind of event: the names of its details, and whether the audit trail has it too."""

    details: tuple[str, ...] = ()
    is_audited: bool = False


# `about` names the thing that a person changed.
OF_PEOPLE = {action: HappeningKind(("about", "address"), is_audited=True) for action in WORDS}

OF_THE_PROGRAM = {
    "search-sent": HappeningKind(("title", "want")),
    # `outcome` is a key of `models.searches.OUTCOMES`, or LOOKED.
    "search-ended": HappeningKind(("title", "want", "outcome", "release")),
    # What became of the release that a search grabbed.
    "grab-imported": HappeningKind(("title", "release")),
    "grab-failed": HappeningKind(("title", "release")),
    "grab-ignored": HappeningKind(("title", "release")),
    "run-began": HappeningKind(("run", "trigger")),
    # `state` is finished, cancelled or interrupted.
    # `gates` has the closed gates, as code:instance, with a space between two.
    "run-ended": HappeningKind(("run", "state", "note", "gates")),
    "run-held": HappeningKind(("run", "note", "gates")),
    "instance-faulty": HappeningKind(("code", "sentence")),
    "instance-well": HappeningKind(),
    # One for a whole reading of an instance's lists, not for the items in them.
    "sync-ended": HappeningKind(),
    # An indexer that used to give something gives nothing any more, and gives something again.
    "indexer-silent": HappeningKind(("name", "prowlarr", "searches")),
    "indexer-well": HappeningKind(("name", "prowlarr")),
    # A file was replaced by one with another score.
    "score-improved": HappeningKind(("title", "before", "after")),
    # An instance's searches brought nothing in so many weeks.
    "nothing-found": HappeningKind(("weeks", "searches")),
    "job-failed": HappeningKind(("name", "sentence")),
    "job-well": HappeningKind(("name",)),
    "backup-made": HappeningKind(("name", "size")),
    "backup-failed": HappeningKind(("sentence",)),
    # The latest backup has become old; `days` is its age, None where there is none.
    "backup-old": HappeningKind(("days",)),
}

KINDS = OF_PEOPLE | OF_THE_PROGRAM
