"""Security headers, on whatever is answered."""

import httpx
import pytest

from models.people import User
from tests.fakes.browser import Browser

POLICY = {
    "manifest-src 'self'",
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/session/new"),
        ("GET", "/health"),
        ("GET", "/nothing"),
        ("GET", "/hold"),
        ("GET", "/static/none"),
        ("GET", "/queues/"),
        ("POST", "/hold"),
        ("PUT", "/queues"),
        ("HEAD", "/queues"),
    ],
)
async def test_every_answer_has_them(method: str, path: str, browser: Browser, alice: User) -> None:
    answer = await browser.http.request(method, path)
    headers = answer.headers
    assert set(headers["content-security-policy"].split("; ")) == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers
    assert not [name for name in headers if name.startswith("access-control")]
    assert "server" not in headers


async def test_only_https_is_asked_for_again(browser: Browser, alice: User) -> None:
    transport = httpx.ASGITransport(browser.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://vqs.lan") as client:
        answer = await client.get("/session/new")
    assert answer.headers["strict-transport-security"].startswith("max-age=")
