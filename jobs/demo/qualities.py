"""Qualities and quality profiles of the demo servers."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Document = dict[str, Any]


class Quality(NamedTuple):
    id: int
    name: str
    source: str
    resolution: int
    word: str


class DemoProfile(NamedTuple):
    """A quality profile; cutoff is the id of a quality or of a group (1000 and up)."""

    id: int
    name: str
    cutoff: int
    upgrade: bool
    resolutions: tuple[int, ...]
    low: tuple[int, ...]
    good: tuple[int, ...]


class Dialect(NamedTuple):
    """How an application writes qualities: its names of sources, and fields that only it has."""

    sources: Mapping[str, str]
    of_quality: Document
    of_profile: Document


SONARRS = Dialect({}, {}, {})
RADARRS = Dialect(
    {"television": "tv", "web": "webdl"},
    {"modifier": "none"},
    {"language": {"id": -1, "name": "Any"}},
)

# Worst first, as profiles list them.
QUALITIES = {
    quality.id: quality
    for quality in (
        Quality(1, "SDTV", "television", 480, "480p.HDTV.x264"),
        Quality(8, "WEBDL-480p", "web", 480, "480p.WEB-DL.H264"),
        Quality(2, "DVD", "dvd", 480, "DVDRip.x264"),
        Quality(4, "HDTV-720p", "television", 720, "720p.HDTV.x264"),
        Quality(9, "HDTV-1080p", "television", 1080, "1080p.HDTV.x264"),
        Quality(5, "WEBDL-720p", "web", 720, "720p.WEB-DL.H264"),
        Quality(6, "Bluray-720p", "bluray", 720, "720p.BluRay.x264"),
        Quality(3, "WEBDL-1080p", "web", 1080, "1080p.WEB-DL.DDP5.1.H264"),
        Quality(7, "Bluray-1080p", "bluray", 1080, "1080p.BluRay.DTS.x264"),
        Quality(18, "WEBDL-2160p", "web", 2160, "2160p.WEB-DL.DDP5.1.HEVC"),
        Quality(19, "Bluray-2160p", "bluray", 2160, "2160p.UHD.BluRay.HEVC"),
    )
}
RANK = {quality: rank for rank, quality in enumerate(QUALITIES)}

PROFILES = {
    profile.id: profile
    for profile in (
        DemoProfile(1, "Any", 1, False, (480, 720, 1080), (), (1, 4, 5, 3)),
        DemoProfile(4, "HD-1080p", 3, True, (1080,), (4, 5, 9), (3, 7)),
        DemoProfile(5, "Ultra-HD", 18, True, (2160,), (3, 7, 9), (18, 19)),
        DemoProfile(6, "HD - 720p/1080p", 6, True, (720, 1080), (1, 8, 2, 4), (6, 3, 7)),
    )
}


def below_cutoff(profile: DemoProfile, quality: int) -> bool:
    return profile.upgrade and RANK[quality] < RANK[profile.cutoff]


def quality_document(quality: int, dialect: Dialect) -> Document:
    """The `quality` inside a QualityModel."""
    one = QUALITIES[quality]
    source = dialect.sources.get(one.source, one.source)
    document: Document = {"id": one.id, "name": one.name, "source": source}
    return document | {"resolution": one.resolution} | dialect.of_quality


def quality_model(quality: int, dialect: Dialect) -> Document:
    revision = {"version": 1, "real": 0, "isRepack": False}
    return {"quality": quality_document(quality, dialect), "revision": revision}


def profile_document(profile: DemoProfile, dialect: Dialect) -> Document:
    document: Document = {
        "name": profile.name,
        "upgradeAllowed": profile.upgrade,
        "cutoff": profile.cutoff,
        "items": [
            {
                "quality": quality_document(quality.id, dialect),
                "items": [],
                "allowed": quality.resolution in profile.resolutions,
            }
            for quality in QUALITIES.values()
        ],
    }
    return document | dialect.of_profile | {"id": profile.id}
