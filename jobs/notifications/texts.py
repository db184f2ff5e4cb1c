"""Plain texts, cut and escaped as each service needs them."""

import re
import unicodedata
from collections.abc import Callable

LONGEST_LINE = 400
MORE = "…"
# A character that belongs to the one before it: a joiner, or a variation of a sign.
JOINS = "\u200d\ufe0e\ufe0f"
# Discord's Markdown, and what begins a mention or an address.
MARKS = re.compile(r"([\\*_~`|>#\[\]()<@:.\-+])")

Size = Callable[[str], int]


def line(text: str) -> str:
    """One line of printable text, of at most 400 characters, for text from strangers."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return cut(" ".join(plain.split()), LONGEST_LINE)


def cut(text: str, limit: int, size: Size = len, escape: Callable[[str], str] = str) -> str:
    """The escaped text, within `limit` as `size` measures it; an ellipsis tells what is cut.

    It is cut between characters: no half of an escaped sign, nor of one of several code points.
    """
    whole = escape(text)
    if size(whole) <= limit:
        return whole
    room, kept = limit - size(MORE), 0
    for letter in text:
        room -= size(escape(letter))
        if room < 0:
            break
        kept += 1
    while kept and _belongs_to_before(text, kept):
        kept -= 1
    return escape(text[:kept].rstrip()) + MORE if limit >= size(MORE) else ""


def _belongs_to_before(text: str, at: int) -> bool:
    following = text[at] if at < len(text) else ""
    return bool(
        following
        and (
            following in JOINS
            or unicodedata.combining(following)
            or unicodedata.category(following) == "Sk"
            or text[at - 1] == "\u200d"
        )
    )


def utf8(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text.encode())


def utf16(text: str) -> int:
    """Units of UTF-16, in which Discord and Telegram count."""
    return len(text.encode("utf-16-le")) // 2


def markdown(text: str) -> str:
    """Text that Discord shows as it is: no mark, no mention, no address."""
    return MARKS.sub(r"\\\1", text)


def html(text: str) -> str:
    """Text for Telegram's HTML, which knows these three signs only."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
