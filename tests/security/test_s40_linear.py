"""S40: no text of an instance stops the server, for nothing takes more than linear time over it."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import process_time

import pytest

from jobs.arr import Fault, translate
from jobs.arr.decoding import Malformed, decode, told
from jobs.arr.judge import OfTheApi
from jobs.arr.records import Command, Health
from jobs.arr.replies import CommandReply, HealthReply, StatusReply
from jobs.arr.targets import Target
from jobs.net.answers import Answer, http_date
from jobs.net.arrays import NotAnArray, RecordTooLarge, Splitter
from jobs.net.faults import plain
from jobs.net.questions import Question
from models.addresses import host
from models.environment.redaction import redacted
from models.instances.addresses import normalise

ROOT = Path(__file__).parent.parent.parent
SMALL, GROWTH = 3_000, 8
# Eight times the text takes eight times as long, and 64 times where it is walked over again.
MOST, NOISE = 24.0, 0.000_2

SEEDS = (
    *("a", "0", "é", "_", "-", ".", " ", "\t", "\n", "\r\n", "\\", '"', "'", "<", ">", "/", "%"),
    *(
        "[",
        "]",
        "{",
        "}",
        ",",
        "1,",
        "[1],",
        '"a",',
        '{"a":1},',
        '\\"',
        '"\\"',
        '\\\\"',
        "[[",
        "[]",
    ),
    *("://", "a://", "//", "//a@", "a:", "a:b@", "x:y:z@", "@", "a@", "a.", "-a.", "1.", "1.2"),
    *("key=", 'key="', "key='", 'key=\\"', "key:", "key: ", "password: ", "key =\t", 'key": "'),
    *("<key>", "<key ", "<key><![CDATA[", 'key"', 'name="key"\n', 'key"\r\n', 'key"a\r\n', "key=>"),
    *(
        "%3D",
        "key%3D",
        "%26key%3D",
        "%5F",
        "a%5F",
        "%255F",
        "%22key%22%3A",
        '"key", b',
        "(b'key', ",
    ),
    *(
        "eyJ",
        "-eyJ",
        "eyJaaaa.",
        "0a",
        "0123456789abcdef",
        "gAAAA",
        "-gAAAA",
        "$argon2",
        "$argon2id$",
    ),
    *("bearer ", "basic a", "bot1:", "/webhook/", "/invitations/a", "token: basic ", "code=1 "),
    *(
        "1 reports downloaded ",
        "1 report ",
        "0 active ",
        "+",
        "a+",
        "Mon, ",
        "1 Jan ",
        "12:",
        "(",
        "=",
    ),
)
WORDS = Target("sonarr", "http://tv:8989", "").server()
HERE = Question("Sonarr", "for its health", "http://tv:8989", "tv", tail="/api/v3/health")._replace(
    sentences=WORDS.sentences, words=WORDS.words
)


def _location(text: str) -> Fault:
    return OfTheApi().fault(Answer("GET", 302, {"location": text}), HERE)


def _page(text: str) -> Fault:
    return OfTheApi().fault(Answer("GET", 200, {"content-type": text}, text.encode()), HERE)


def _command(text: str) -> tuple[int | None, bool]:
    command: Command = translate.command(CommandReply(id=1, message=text, exception=text))
    return command.reports, command.asked_no_indexer


def _health(text: str) -> bool:
    told_of: Health = translate.health(HealthReply("IndexerSearchCheck", "error", text))
    return told_of.no_indexer


def _split(text: str) -> None:
    content = b"[" + text.encode()
    splitter = Splitter()
    with suppress(NotAnArray, RecordTooLarge):
        for start in range(0, len(content), 500):
            splitter.feed(content[start : start + 500])


def _decode(text: str) -> None:
    with suppress(Malformed):
        decode(text.encode(), StatusReply)


def _address(text: str) -> None:
    with suppress(ValueError):
        normalise("http://" + text)


def _host(text: str) -> None:
    with suppress(ValueError):
        host(text)


# All that looks at a text of a stranger, by the module whose patterns it uses, if it has any.
LOOKS: dict[str, tuple[str, Callable[[str], object]]] = {
    "the redaction": ("models/environment/redaction.py", redacted),
    "a message": ("jobs/arr/decoding.py", told),
    "a version": ("jobs/arr/translate.py", translate.version_numbers),
    "a command": ("jobs/arr/records.py", _command),
    "a complaint": ("", _health),
    "an array": ("jobs/net/arrays.py", _split),
    "a record": ("", _decode),
    "a Location": ("", _location),
    "a page": ("", _page),
    "a date": ("", http_date),
    "a fact": ("", plain),
    "an address": ("models/instances/addresses.py", _address),
    "a host": ("models/addresses.py", _host),
}


@pytest.mark.long
@pytest.mark.parametrize("look", LOOKS)
def test_eight_times_the_text_takes_no_more_than_about_eight_times_as_long(look: str) -> None:
    does = LOOKS[look][1]
    slow = {}
    for seed in SEEDS:
        for text in (seed, f"key={seed}", f'"{seed}'):
            growth = _growth(does, text)
            if growth > MOST:
                slow[text] = growth
    assert not slow


def _growth(does: Callable[[str], object], seed: str) -> float:
    """How much longer the large text takes than the small one, each at its best of a few tries."""
    small = seed * (SMALL // len(seed))
    shorter = longer = float("inf")
    for _ in range(8):
        shorter = min(shorter, _seconds(does, small))
        longer = min(longer, _seconds(does, small * GROWTH))
        if longer / max(shorter, NOISE) <= MOST:
            break
    return longer / max(shorter, NOISE)


def _seconds(does: Callable[[str], object], text: str) -> float:
    began = process_time()
    does(text)
    return process_time() - began


def test_every_module_with_patterns_over_foreign_texts_is_measured() -> None:
    modules = [
        *(path for room in ("arr", "net") for path in (ROOT / "jobs" / room).glob("*.py")),
        ROOT / "models" / "environment" / "redaction.py",
        ROOT / "models" / "addresses.py",
    ]
    using = {
        path.relative_to(ROOT).as_posix()
        for path in modules
        if re.search(r"^import re$", path.read_text(), re.MULTILINE)
    }
    assert using <= {module for module, _ in LOOKS.values()}
