"""A Sonarr that answers one question as no Sonarr would, from a table, and all others well.

As a program (`python -m tests.fakes.hostile`) it prints its address, and takes the next row of the
table each time its status is asked.
"""

import asyncio
import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

Record = dict[str, Any]

STATUS = {"appName": "Sonarr", "version": "4.0.17.2952", "instanceName": "Attic"}
DATE = "2020-01-02T03:04:05Z"
EPISODE: Record = {
    "id": 1,
    "seriesId": 1,
    "seasonNumber": 1,
    "episodeNumber": 6,
    "title": "The Ferry",
    "airDateUtc": DATE,
    "lastSearchTime": DATE,
    "monitored": True,
    "tags": [1],
}
SERIES: Record = {
    "id": 1,
    "title": "Low Water",
    "sortTitle": "low water",
    "status": "ended",
    "seriesType": "standard",
    "qualityProfileId": 1,
    "rootFolderPath": "/tv",
    "titleSlug": "low-water",
    "year": 2019,
    "tags": [1],
    "seasons": [{"seasonNumber": 1, "statistics": {"episodeCount": 8, "previousAiring": DATE}}],
}
COMMAND: Record = {
    "id": 1,
    "name": "EpisodeSearch",
    "status": "completed",
    "result": "successful",
    "message": "Completed",
    "queued": DATE,
    "body": {"episodeIds": [1]},
}
GRAB: Record = {
    "date": DATE,
    "eventType": "grabbed",
    "sourceTitle": "Low.Water.S01E06",
    "downloadId": "a",
    "episodeId": 1,
    "data": {"indexer": "Here", "releaseSource": "UserInvokedSearch"},
}


RELEASE: Record = {
    "title": "Low.Water.S01E06",
    "quality": {"quality": {"id": 3, "name": "WEBDL-1080p"}},
    "customFormats": [{"id": 1, "name": "Repack"}],
    "customFormatScore": 5,
    "size": 10**9,
    "ageMinutes": 90.5,
    "indexer": "Here",
    "rejected": True,
    "rejections": ["too small"],
}

FORMAT: Record = {
    "id": 1,
    "name": "Repack",
    "specifications": [
        {"implementation": "ReleaseTitleSpecification", "negate": False, "required": True}
        | {"fields": [{"name": "value", "value": "repack"}]}
    ],
}


class Endpoint(NamedTuple):
    """A kind of request, and a good record of its answer; `form` is one, many or page."""

    method: str
    path: str
    form: str
    record: Record


ENDPOINTS = {
    "status": Endpoint("GET", "system/status", "one", STATUS),
    "profiles": Endpoint("GET", "qualityprofile", "many", {"id": 1, "name": "HD", "items": []}),
    "formats": Endpoint("GET", "customformat", "many", FORMAT),
    "tags": Endpoint("GET", "tag", "many", {"id": 1, "label": "kids"}),
    "indexers": Endpoint("GET", "indexer", "many", {"id": 1, "name": "Here", "priority": 25}),
    "folders": Endpoint("GET", "rootfolder", "many", {"id": 1, "path": "/tv", "freeSpace": 10**12}),
    "series": Endpoint("GET", "series", "many", SERIES),
    "missing": Endpoint("GET", "wanted/missing", "page", EPISODE),
    "upgrades": Endpoint("GET", "wanted/cutoff", "page", EPISODE | {"id": 2}),
    "health": Endpoint(
        "GET", "health", "many", {"source": "Here", "type": "error", "message": "It is late."}
    ),
    "queue": Endpoint(
        "GET", "queue/details", "many", {"episodeId": 1, "title": "a", "status": "b"}
    ),
    "commands": Endpoint("GET", "command", "many", COMMAND),
    "search": Endpoint("POST", "command", "one", COMMAND),
    "command": Endpoint("GET", "command/1", "one", COMMAND),
    "history": Endpoint("GET", "history", "page", GRAB),
    "season": Endpoint("GET", "history/series", "many", GRAB),
    "since": Endpoint("GET", "history/since", "many", GRAB | {"eventType": "downloadFailed"}),
    "releases": Endpoint("GET", "release", "many", RELEASE),
    "item": Endpoint("GET", "episode/1", "one", EPISODE),
}
# What a sync asks for.
OF_A_SYNC = ("status", "profiles", "tags", "indexers", "folders", "series", "missing", "upgrades")


def http(
    body: bytes, status: str = "200 OK", kind: str = "application/json", *headers: str
) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, *headers, "Connection: close", "", ""]).encode() + body


def packed(body: bytes) -> bytes:
    return http(gzip.compress(body, 6), "200 OK", "application/json", "Content-Encoding: gzip")


def wrapped(form: str, records: bytes, number: int = 1) -> bytes:
    """A body of this form around records that are written already."""
    if form == "one":
        return records
    if form == "many":
        return b"[" + records + b"]"
    around = b'{"page": 1, "pageSize": 1000, "totalRecords": %d, "records": [' % number
    return around + records + b"]}"


def good(endpoint: Endpoint) -> bytes:
    return http(wrapped(endpoint.form, json.dumps(endpoint.record).encode()))


def _each(value: Any, texts: str, numbers: str | None = None) -> str:
    """A record as JSON, with other texts and numbers in the place of all of its own."""
    if isinstance(value, dict):
        pairs = (f'"{name}": {_each(each, texts, numbers)}' for name, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_each(each, texts, numbers) for each in value) + "]"
    if isinstance(value, str):
        return texts
    return json.dumps(value) if numbers is None or isinstance(value, bool) else numbers


def _texts(texts: str) -> Callable[[Endpoint], bytes]:
    def reply(endpoint: Endpoint) -> bytes:
        kept = {"appName": "Sonarr", "eventType": "grabbed"}
        written = _each(endpoint.record, texts)
        for name, value in kept.items():
            written = written.replace(f'"{name}": {texts}', f'"{name}": "{value}"')
        return http(wrapped(endpoint.form, written.encode("utf-8", "surrogateescape")))

    return reply


def _numbers(numbers: str) -> Callable[[Endpoint], bytes]:
    def reply(endpoint: Endpoint) -> bytes:
        record = endpoint.record | {"id": 1, "freeSpace": 1}
        return http(wrapped(endpoint.form, _each(record, '"a"', numbers).encode()))

    return reply


def _with(name: str, value: str) -> Callable[[Endpoint], bytes]:
    """A good record with one more property."""

    def reply(endpoint: Endpoint) -> bytes:
        record = json.dumps({key: each for key, each in endpoint.record.items() if key != name})
        return packed(wrapped(endpoint.form, f'{record[:-1]}, "{name}": {value}}}'.encode()))

    return reply


def _many(count: int) -> Callable[[Endpoint], bytes]:
    """So many good records, each with an id of its own."""

    def reply(endpoint: Endpoint) -> bytes:
        record = json.dumps(endpoint.record | {"id": 7654321})
        before, _, after = record.partition("7654321")
        written = ",".join(f"{before}{number}{after}" for number in range(count))
        return packed(wrapped(endpoint.form, written.encode(), count))

    return reply


def _body(body: bytes) -> Callable[[Endpoint], bytes]:
    return lambda endpoint: packed(body) if len(body) > 1_000_000 else http(body)


def _raw(answer: bytes) -> Callable[[Endpoint], bytes]:
    return lambda endpoint: answer


def _inside(records: bytes) -> Callable[[Endpoint], bytes]:
    return lambda endpoint: packed(wrapped(endpoint.form, records))


SECRETS = 'key=\\"a://b:c@d password: eyJa. apikey%3D <key>'
REPLIES: dict[str, Callable[[Endpoint], bytes]] = {
    "texts of 200 kB": _texts('"' + "x" * 200_000 + '"'),
    "texts of other planes": _texts('"' + "\U0001f600" * 30_000 + '"'),
    "a text of 4 MB": _with("title", '"' + "y" * 3_999_000 + '"'),
    "texts full of what looks like secrets": _texts('"' + SECRETS * 2_000 + '"'),
    "an overlong message": _with("message", '"' + "a://" * 20_000 + '"'),
    "a version of 6 MB": _with("version", '"' + "4." * 3_000_000 + '"'),
    "bytes that are no UTF-8": _texts('"\udcff\udcfe"'),
    "half a surrogate pair": _texts('"\\ud800"'),
    "control characters": _texts('"\\u0000\\u202e\\u0007\\n\\r"'),
    "markup": _texts('"<img src=x onerror=alert(1)>{{ 7 }}%s"'),
    "numbers of 400 digits": _numbers("1" * 400),
    "numbers of 64 bits": _numbers("9223372036854775807"),
    "numbers below zero": _numbers("-1"),
    "numbers of 32 bits": _numbers("2147483647"),
    "broken numbers": _numbers("1.5"),
    "no numbers": _numbers("NaN"),
    "numbers past all": _numbers("1e999"),
    "yes for every number": _numbers("true"),
    "nothing for everything": _numbers("null"),
    "ten thousand deep": _with("x", "[" * 10_000 + "]" * 10_000),
    "a hundred thousand deep": _body(b'{"x": ' + b"[" * 100_000),
    "the same name twenty thousand times": _with("x", "1" + ', "x": 1' * 20_000),
    "half a million tags": _with("tags", "[" + "1," * 500_000 + "1]"),
    "a hundred thousand seasons": _with("seasons", "[" + '{"seasonNumber": 1},' * 100_000 + "{}]"),
    "half a million ids": _with("body", '{"episodeIds": [' + "99999," * 500_000 + "1]}"),
    "as many records as may be": _many(5_000),
    "sixty thousand records": _many(60_000),
    "millions of empty records": _inside(b"{}," * 1_000_000 + b"{}"),
    "millions of numbers": _inside(b"0," * 2_000_000 + b"0"),
    "blanks before": _body(b" " * 40_000_000),
    "blanks between": _inside(b" " * 40_000_000),
    "cut short": lambda endpoint: http(good(endpoint).partition(b"\r\n\r\n")[2][:-3]),
    "null": _body(b"null"),
    "a text": _body(b'"hello"'),
    "a list": _body(b"[[], {}, 1, null]"),
    "an object": _body(b'{"records": {"id": 1}, "totalRecords": -1}'),
    "nothing": _body(b""),
    "bad gzip": _raw(http(b"no gzip", "200 OK", "application/json", "Content-Encoding: gzip")),
    "gzip cut short": lambda endpoint: http(
        gzip.compress(b"[" * 999)[:20], "200 OK", "application/json", "Content-Encoding: gzip"
    ),
    "an unknown packing": _raw(http(b"x", "200 OK", "application/json", "Content-Encoding: br")),
    "a redirect to an impossible host": _raw(
        http(b"", "302 Found", "text/html", "Location: http://xn--e28h.example/")
    ),
    "a redirect of 60 kB": _raw(
        http(b"", "302 Found", "text/html", "Location: " + "key=a://" * 7_500)
    ),
    "an error that quotes a megabyte": _raw(
        http(b'{"message": "' + b"key=" * 250_000 + b'", "description": 1}', "500 No")
    ),
    "a page of a megabyte": _raw(http(b"<input type='password'" * 50_000, "200 OK", "text/html")),
    "90 kB of headers": _raw(
        http(b"{}", "200 OK", "application/json", *[f"X-{n}: {'x' * 900}" for n in range(95)])
    ),
    "no status": _raw(b"HTTP/1.1 \xff\xff OK\r\n\r\n"),
    "an impossible status": _raw(http(b"{}", "999 " + "x" * 50_000)),
    "a length below zero": _raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}"),
    "a bad chunk": _raw(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nZZZ\r\n{}\r\n0\r\n\r\n"
    ),
    "a thousand announcements": lambda endpoint: (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1_000 + good(endpoint)
    ),
    "a thousand chunks": _raw(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n" + b"1\r\n \r\n" * 1_000 + b"0\r\n\r\n"
    ),
    "two lengths": _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    "another protocol": _raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\nPRI * HTTP"),
    "packed twice": _raw(
        http(gzip.compress(gzip.compress(b"{}")), "200 OK", "a/b", "Content-Encoding: gzip, gzip")
    ),
    "an alphabet that is none": _raw(
        http(b"-a9" * 100_000, "400 No", "text/plain; charset=punycode")
    ),
    "a word of a megabyte": _inside(b'{"id": ' + b"a" * 1_000_000 + b"}"),
    "a number of a megabyte": _inside(b'{"id": 1' + b"0" * 1_000_000 + b"}"),
    "dates that are none": _texts('"9999-12-31T23:59:60+99:99"'),
    "odd dates": _raw(
        http(
            b"",
            "429 No",
            "a/" + "b" * 9_000,
            "Date: 99999999999999999999 Jan 9999999999 25:61",
            "Retry-After: " + "9" * 5_000,
        )
    ),
    "a year of cookies": _raw(
        http(b"null", "200 OK", "application/json", "Set-Cookie: " + "a=b; expires=" * 4_000)
    ),
}


@cache
def written(endpoint: str, kind: str) -> bytes:
    return REPLIES[kind](ENDPOINTS[endpoint])


class Hostile:
    """`endpoint` and `kind` name the reply that is wrong; None for none."""

    def __init__(self) -> None:
        self.endpoint: str | None = None
        self.kind = ""
        self.address = ""
        self.rows: Iterator[tuple[str | None, str]] = iter(())

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        self._server.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            writer.write(self._answer(*head.split(" ", 2)[:2]))
            await writer.drain()
        writer.close()

    def _answer(self, method: str, target: str) -> bytes:
        path = target.partition("?")[0].removeprefix("/api/v3/")
        if path == STATUS_PATH:
            self.endpoint, self.kind = next(self.rows, (self.endpoint, self.kind))
        for name, endpoint in ENDPOINTS.items():
            if (method, path) == (endpoint.method, endpoint.path):
                return written(name, self.kind) if name == self.endpoint else good(endpoint)
        return http(b"", "404 Not Found")


STATUS_PATH = ENDPOINTS["status"].path


async def _serve() -> None:
    hostile = Hostile()
    lies = [(name, kind) for kind in REPLIES for name in OF_A_SYNC]
    # Good at first: while it is connected, and for its first sync.
    hostile.rows = iter([*[(None, "")] * 2, *lies])
    await hostile.start()
    print(hostile.address, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
