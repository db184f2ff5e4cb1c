"""The quality that the name of a release tells, without asking anybody."""

import re

# Names are cut where they come in; this keeps a row that is older than that bound cheap, too.
LONGEST = 500
NOT_NAMED = "not named"

# Names of releases separate their words by dots, spaces, underscores or brackets.
BETWEEN = re.compile(r"[^0-9A-Za-z-]+")
# What follows the title: a year, an episode or a season.
AFTER_TITLE = re.compile(
    r"\b(?:(?:19|20)\d\d|s\d{1,4}(?:e\d{1,4})*|\d{1,2}x\d{1,3})\b", re.IGNORECASE
)
RESOLUTION = re.compile(
    r"\b(?:(?P<height>480|540|576|720|1080|1440|2160|4320)[pi]"
    r"|\d{3,4}x(?P<pixels>480|540|576|720|1080|1440|2160|4320))\b",
    re.IGNORECASE,
)
# It may also name the disc that a smaller release was made from.
ULTRA = re.compile(r"\b(?:4k|uhd)\b", re.IGNORECASE)
REMUX = re.compile(r"\b(?:bd)?-?remux\b", re.IGNORECASE)
# The first that fits is the source; WEB alone says neither how it was made.
SOURCES = {
    "WEB-DL": r"web[- ]?dl",
    "WEBRip": r"web[- ]?rip",
    "WEB": r"web",
    "BluRay": r"blu[- ]?ray|bd(?:25|50|66|100)?|bdmv",
    "BDRip": r"bd[- ]?rip|br[- ]?rip",
    "HDTV": r"u?hdtv(?:rip)?",
    "SDTV": r"sdtv|pdtv|dsr|tv[- ]?rip",
    "DVDRip": r"dvd[- ]?rip",
    "DVD": r"dvd(?:[- ]?r|5|9)?",
    "HDRip": r"hd[- ]?rip",
    "Screener": r"(?:dvd|bd|web)?[- ]?scr(?:eener)?",
    "Telesync": r"telesync|hd[- ]?ts",
    "Cam": r"(?:hd[- ]?)?cam(?:rip)?",
}
SOURCE = re.compile(
    r"\b(?:" + "|".join(f"(?P<s{n}>{words})" for n, words in enumerate(SOURCES.values())) + r")\b",
    re.IGNORECASE,
)


def quality_of(release: str | None) -> str:
    """Resolution and source as the name tells them: "2160p WEB-DL", "1080p", "not named"."""
    name = BETWEEN.sub(" ", (release or "")[:LONGEST])
    found = RESOLUTION.search(name) or ULTRA.search(name)
    source = _source(name, found)
    if REMUX.search(name):
        source = f"{'BluRay' if source in ('', 'BDRip') else source} Remux"
    return " ".join(part for part in (_height(found), source) if part) or NOT_NAMED


def _height(found: re.Match[str] | None) -> str:
    if found is None:
        return ""
    told = found.groupdict()
    return f"{told.get('height') or told.get('pixels') or 2160}p"


def _source(name: str, resolution: re.Match[str] | None) -> str:
    """The source named right after the resolution, else the last one named before it.

    Titles hold such words, too ("The Web"); so what comes before the first year or number is not
    looked at.
    """
    after = SOURCE.search(name, resolution.end()) if resolution else None
    if after is None:
        title = AFTER_TITLE.search(name)
        begin = title.end() if title else resolution.start() if resolution else 0
        before = list(SOURCE.finditer(name, begin, resolution.start() if resolution else len(name)))
        after = before[-1] if before else None
    if after is None:
        return ""
    return next(word for n, word in enumerate(SOURCES) if after[f"s{n}"])
