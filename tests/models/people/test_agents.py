"""What a browser says of itself."""

import pytest

from models.people.agents import words_of

APPLE = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {APPLE} Chrome/138.0 Safari/537.36",
            "Chrome on Windows",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {APPLE} Chrome/138.0 Safari/537.36 Edg/138.0",
            "Edge on Windows",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) {APPLE} Version/18 Safari/605",
            "Safari on Mac",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604",
            "Safari on iPhone",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 15) {APPLE} SamsungBrowser/28 Chrome/130 Safari/537",
            "Samsung Internet on Android",
        ),
        ("curl/8.14.1", "curl"),
        ("Something on Linux", "A browser on Linux"),
        ("", "An unknown browser"),
        ("<script>alert(1)</script>", "An unknown browser"),
    ],
)
def test_it_is_said_in_words(agent: str, words: str) -> None:
    assert words_of(agent) == words
