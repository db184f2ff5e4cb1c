"""Instances speak the language of their user: nothing is read from the words of a message."""

import pytest

from jobs.engine import Engine
from models.queues import Queue
from models.searches import Search
from tests.fakes.arr import FakeArr, Response, Seen
from tests.jobs.faults.acting import run

WIKI = "https://wiki.servarr.com/sonarr/system#"
MANUAL_ONLY = "no-indexers-available-with-interactive-search-enabled"
NO_AUTOMATIC = "no-indexers-available-with-automatic-search-enabled"
COMPLAINTS = [
    "No indexers available with Interactive Search enabled",
    "Kein Indexer erlaubt das interaktive Suchen",
    "Aucun indexeur disponible avec la recherche automatique",
    "没有启用自动搜索的索引器",
    "",
]
CLOSING_WORDS = ["Completed", "Abgeschlossen", "Terminé : 0 version", "已完成", "", None]


def complain(sonarr: FakeArr, message: str, anchor: str) -> None:
    """From now on its health is this one warning."""
    warning = {"source": "IndexerSearchCheck", "type": "warning", "message": message}
    answer = Response(200, [warning | {"wikiUrl": WIKI + anchor}])
    sonarr.before = lambda seen: answer if seen.path.endswith("/health") else None


def close_with(sonarr: FakeArr, message: str | None) -> None:
    """Commands end with these words, and health has nothing to say."""

    def answer(seen: Seen) -> Response | None:
        if seen.path.endswith("/health"):
            return Response(200, [])
        if "/command/" not in seen.path:
            return None
        command = {"id": int(seen.path.rpartition("/")[2]), "name": "EpisodeSearch"}
        ended = {"status": "completed", "result": "successful", "message": message}
        return Response(200, command | ended)

    sonarr.world.search_seconds = 0
    sonarr.before = answer


@pytest.mark.parametrize("message", COMPLAINTS)
async def test_an_instance_without_interactive_search_is_searched_in_every_language(
    engine: Engine, nightly: Queue, sonarr: FakeArr, message: str
) -> None:
    complain(sonarr, message, MANUAL_ONLY)
    assert (await run(engine, nightly)).state == "finished"
    assert len(sonarr.commands) == 5


@pytest.mark.parametrize("message", COMPLAINTS)
async def test_an_instance_without_automatic_search_is_held_in_every_language(
    engine: Engine, nightly: Queue, sonarr: FakeArr, message: str
) -> None:
    complain(sonarr, message, NO_AUTOMATIC)
    held = await run(engine, nightly)
    assert (held.state, sonarr.commands) == ("held", [])
    why = message or "it does not say why."
    assert held.note.startswith(f"Living room has no indexer to search: {why}")


@pytest.mark.parametrize("message", CLOSING_WORDS)
async def test_a_search_that_moved_no_search_time_reached_no_indexer_whatever_it_says(
    engine: Engine, nightly: Queue, sonarr: FakeArr, message: str | None
) -> None:
    sonarr.world.active_indexers = 0
    close_with(sonarr, message)
    held = await run(engine, nightly)
    [row] = Search.select()
    assert (row.outcome, row.items[0].cooldown_until, held.state) == ("no_indexer", None, "held")


@pytest.mark.parametrize("message", CLOSING_WORDS)
async def test_a_search_that_says_nothing_is_unknown_where_an_indexer_was_asked(
    engine: Engine, nightly: Queue, sonarr: FakeArr, message: str | None
) -> None:
    nightly.change(batch_size=1)
    close_with(sonarr, message)
    await run(engine, nightly)
    [row] = Search.select()
    assert row.outcome == "unknown"
    assert row.items[0].cooldown_until is not None


async def test_a_search_that_says_nothing_is_a_grab_where_the_history_holds_one(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(batch_size=1)
    sonarr.find(*sonarr.world.items)
    close_with(sonarr, "Fertig")
    await run(engine, nightly)
    [row] = Search.select()
    assert row.outcome == "grabbed" and row.release
