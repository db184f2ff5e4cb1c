"""The quality that is read from the name of a release."""

import pytest

from models.searches.releases import NOT_NAMED, quality_of


@pytest.mark.parametrize(
    ("release", "quality"),
    [
        ("Harbour.Lights.S02E03.1080p.WEB-DL.DDP5.1.H.264-GROUP", "1080p WEB-DL"),
        ("Harbour Lights S02E03 720p WEBRip x265", "720p WEBRip"),
        ("Harbour_Lights_S02E03_720p_HDTV_x264", "720p HDTV"),
        ("Harbour.Lights.2x03.HDTV.XviD", "HDTV"),
        ("Nine.Winters.2021.2160p.NF.WEB.h265-GROUP", "2160p WEB"),
        ("Nine.Winters.2021.BluRay.1080p.x264", "1080p BluRay"),
        ("Nine.Winters.2021.2160p.UHD.BluRay.REMUX.HDR", "2160p BluRay Remux"),
        ("Nine.Winters.2021.UHD.BluRay.1080p.x264", "1080p BluRay"),
        ("Nine.Winters.2021.2160p.Remux-GROUP", "2160p BluRay Remux"),
        ("Nine Winters (2021) 4K", "2160p"),
        ("Nine.Winters.2021.1920x1080.BDRip", "1080p BDRip"),
        ("Nine.Winters.2021.DVDRip.XviD", "DVDRip"),
        ("Nine.Winters.2021.DVD9", "DVD"),
        ("Nine.Winters.2021.HDCAM.x264", "Cam"),
        ("[Group] Quarry - 05 [1080p]", "1080p"),
    ],
)
def test_the_quality_is_resolution_and_source(release: str, quality: str) -> None:
    assert quality_of(release) == quality


@pytest.mark.parametrize(
    ("release", "quality"),
    [
        ("The.Web.2019.1080p.HDTV.x264", "1080p HDTV"),
        ("The.Web.S01E02.x264", NOT_NAMED),
        ("Cam.2018.1080p.NF.WEB-DL", "1080p WEB-DL"),
    ],
)
def test_words_of_the_title_are_no_quality(release: str, quality: str) -> None:
    assert quality_of(release) == quality


@pytest.mark.parametrize("release", ["Some_Show.S01", "", None, "x" * 9_999, "...", "1080"])
def test_a_name_that_tells_nothing_is_said_to_tell_nothing(release: str | None) -> None:
    assert quality_of(release) == NOT_NAMED
