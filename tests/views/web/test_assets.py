"""Static files, at addresses that change with their content."""

import gzip
import logging
from pathlib import Path

import pytest

from tests.fakes.browser import Browser
from views.web.assets import Assets

NAMES = ["app.css", "app.js", "htmx.min.js", "icons/favicon.svg"]
FOREVER = "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", NAMES)
async def test_a_file_is_kept_for_ever_at_its_hashed_address(name: str, browser: Browser) -> None:
    address = browser.state.assets.address(name)
    answer = await browser.http.get(address, headers={"Accept-Encoding": "gzip"})
    plain = await browser.http.get(address, headers={"Accept-Encoding": "identity"})
    assert answer.status_code == plain.status_code == 200
    assert answer.headers["cache-control"] == FOREVER
    assert answer.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert answer.content == plain.content
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_types_are_those_of_the_files(browser: Browser) -> None:
    assets = browser.state.assets
    for name, kind in (
        ("app.css", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("icons/favicon.svg", "image/svg+xml; charset=utf-8"),
    ):
        assert (await browser.http.get(assets.address(name))).headers["content-type"] == kind


@pytest.mark.parametrize(
    "path",
    [
        "/static/app.css",
        "/static/",
        "/static/app.000000000000.css",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/css/base.css",
        "/static//etc/passwd",
        "/static/app.css%00",
    ],
)
async def test_any_other_address_is_not_found(path: str, browser: Browser) -> None:
    answer = await browser.http.get(path)
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


def test_an_address_changes_with_the_content(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    file = tmp_path / "app.js"
    file.write_text("one")
    first = Assets(tmp_path).address("app.js")
    file.write_text("two")
    assert Assets(tmp_path).address("app.js") != first


def test_all_sheets_are_one_with_the_tokens_first(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    for name in ("card", "base", "tokens", "reset"):
        (tmp_path / "css" / f"{name}.css").write_text(f".{name} {{}}")
    assets = Assets(tmp_path)
    sheet = assets._assets[assets.address("app.css")]
    assert sheet.body == b".tokens {}\n.reset {}\n.base {}\n.card {}"
    assert gzip.decompress(sheet.zipped) == sheet.body


async def test_a_file_asks_the_database_nothing(
    alices: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    address = alices.state.assets.address("app.css")
    # On a server the first request opens its thread's connection.
    await alices.get("/profile")
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "peewee"):
        assert (await alices.http.get(address)).status_code == 200
    assert [record.msg for record in caplog.records if record.name == "peewee"] == []
