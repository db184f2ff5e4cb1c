"""The page that tells what the searches brought."""

import re
from datetime import timedelta

import pytest

from models import demo
from models.database.fields import now
from models.instances import Instance
from models.queues import Queue
from models.scores import ScoreChange
from models.yields.departures import Departure
from tests.fakes.browser import Browser
from tests.models.batches.test_batches import item
from tests.models.yields.test_yields import ended, follow, search

DAY = timedelta(days=1)


def some(instance: Instance, queue: Queue | None = None, *, days: int = 0, **outcomes: int) -> None:
    """As many searches of today, or of so many days ago, with these outcomes."""
    for outcome, number in outcomes.items():
        for _ in range(number):
            ended(search(instance, queue, created_at=now() - days * DAY), outcome)


async def words(browser: Browser, address: str = "/yield") -> str:
    """What the page says, as one line."""
    page = await browser.get(address)
    assert page.status_code == 200
    main = page.text.partition("<main")[2]
    apart = re.sub(r"(?=<(?:p|h2|li|dt|dd)\b)", " ", main)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", apart)).replace("\u00a0", " ")


async def test_a_new_user_is_told_what_will_be_here(veras: Browser) -> None:
    said = await words(veras)
    assert "No search yet" in said
    assert "%" not in said


async def test_it_opens_with_a_sentence(
    veras: Browser, nightly: Queue, living_room: Instance
) -> None:
    some(living_room, nightly, grabbed=60, nothing=339, unknown=10, no_indexer=2)
    follow(ended(search(living_room, nightly, created_at=now()), "grabbed"), "imported")
    said = await words(veras)
    assert (
        "Of 412 searches in 30 days, 61 grabbed something (15 %, likely 12 to 19 %); 1 was" in said
    )
    assert "Not counted in the shares" in said
    assert "10 unknown, 2 without an indexer." in said


async def test_few_figures_have_a_wide_range(veras: Browser, living_room: Instance) -> None:
    some(living_room, grabbed=1, nothing=2, unknown=30)
    said = await words(veras)
    assert "1 grabbed something (33 %, likely 6 to 79 %)" in said
    some(living_room, nothing=100)
    assert "(under 1 %, likely 0 to 5 %)" in await words(veras)


async def test_without_an_answer_there_is_no_share(veras: Browser, living_room: Instance) -> None:
    some(living_room, unknown=3)
    said = await words(veras)
    assert "Of 3 searches in 30 days, 0 grabbed something; 0 were imported." in said
    assert "no answer yet" in said


async def test_best_and_worst_are_named_where_chance_is_not_enough(
    veras: Browser, nightly: Queue, living_room: Instance, cinema: Instance
) -> None:
    some(living_room, nightly, grabbed=6, nothing=6)
    some(cinema, nightly, grabbed=2, nothing=10)
    assert "does best" not in await words(veras)
    some(living_room, nightly, grabbed=30, nothing=30)
    some(cinema, nightly, grabbed=4, nothing=60)
    said = await words(veras)
    assert "Living room does best with 50 %, Cinema worst with 8 %" in said
    assert "Nothing stands out" in said


async def test_the_trend_has_a_column_for_each_day_with_its_figures(
    veras: Browser, living_room: Instance
) -> None:
    some(living_room, grabbed=1, nothing=2, failed=1)
    some(living_room, days=3, nothing=5)
    page = (await veras.get("/yield?period=7")).text
    picture = page.partition('aria-labelledby="trend-title')[2].partition("Searches by outcome")[0]
    assert picture.count('class="chart-column"') >= 7
    said = await words(veras, "/yield?period=7")
    assert "1 grabbed of 4" in said and "0 grabbed of 5" in said


async def test_a_rise_is_told_where_it_is_more_than_chance(
    veras: Browser, living_room: Instance
) -> None:
    some(living_room, days=25, nothing=60)
    some(living_room, days=2, grabbed=30, nothing=30)
    assert "In the later half it was 50 %, more than the 0 % before." in await words(veras)


async def test_one_change_is_suggested_with_its_figures(
    veras: Browser, nightly: Queue, living_room: Instance
) -> None:
    some(living_room, nightly, nothing=60, no_indexer=40)
    said = await words(veras)
    assert "Look after the indexers of Living room." in said
    assert "Of 100 searches there, 40 asked no indexer, likely 31 to 50 % of all." in said


async def test_the_period_is_that_of_the_address(veras: Browser, living_room: Instance) -> None:
    for days in (0, 6, 7, 29, 30, 89, 90, 300, 700):
        some(living_room, days=days, nothing=1)
    for period, number in {
        "7": 2,
        "30": 4,
        "90": 6,
        "year": 8,
        "all": 9,
        "": 4,
        "0' or": 4,
    }.items():
        said = await words(veras, f"/yield?period={period}")
        assert f"Of {number} searches" in said, period


async def test_a_period_without_searches_says_so(veras: Browser, living_room: Instance) -> None:
    some(living_room, days=50, nothing=1)
    assert "No search in 7 days" in await words(veras, "/yield?period=7")


async def test_each_dimension_is_told(
    veras: Browser, nightly: Queue, living_room: Instance
) -> None:
    some(living_room, nightly, grabbed=1, nothing=3)
    some(living_room, nothing=1)
    said = await words(veras)
    for part in (
        "By queue Nightly",
        "By instance Living room",
        "By strategy Missing",
        "By order Least recently searched first",
        "By age",
        "14 to 89 days",
        "By attempt",
        "By hour of the day",
        "14:00",
        "By hand",
        "Not named",
    ):
        assert part in said


async def test_what_was_deleted_keeps_its_name_and_what_is_there_has_its_own(
    veras: Browser, nightly: Queue, living_room: Instance, cinema: Instance
) -> None:
    some(living_room, nightly, nothing=1)
    some(cinema, nothing=1)
    nightly.delete_instance()
    cinema.change(name="Big screen")
    page = (await veras.get("/yield")).text
    assert re.search(r"Nightly</bdi>\s*<small[^>]*>deleted", page)
    assert f'<a href="/instances/{cinema.id}"><bdi>Big screen</bdi></a>' in page
    assert "Cinema" not in page


async def test_names_are_text(veras: Browser, living_room: Instance) -> None:
    ended(search(living_room, created_at=now()), "grabbed", indexer="<img src=x onerror=alert(1)>")
    page = (await veras.get("/yield")).text
    assert "<img" not in page
    assert "&lt;img src=x" in page


async def test_the_demo_is_apart_and_marked(veras: Browser, living_room: Instance) -> None:
    sonarr = demo.add(now())[1]
    some(sonarr, grabbed=7)
    some(living_room, nothing=3)
    own, other = await words(veras), await words(veras, "/yield?library=demo")
    assert "Of 3 searches" in own
    assert "The demo library is not counted." in own
    assert "Of 7 searches" in other
    assert "These figures are the demo library" in other
    living_room.delete_instance()
    only = await words(veras)
    assert "Of 7 searches" in only
    assert "every release in them is made up" in only


async def test_it_says_why_items_left_the_lists(veras: Browser, living_room: Instance) -> None:
    some(living_room, nothing=1)
    Departure.add(living_room.id, now(), ours=4, others=9)
    Departure.add(living_room.id, now() - 60 * DAY, ours=100, others=100)
    said = await words(veras)
    assert "Brought by our searches 4" in said
    assert "Left without our search 9" in said


@pytest.mark.parametrize("period", ["7", "30", "90", "year", "all"])
async def test_a_fragment_is_the_same_page_without_its_frame(
    veras: Browser, living_room: Instance, period: str
) -> None:
    some(living_room, grabbed=2)
    part = await veras.get(f"/yield?period={period}", htmx=True)
    assert '<nav class="navigation' not in part.text
    assert "By queue" in part.text


async def test_a_score_is_shown_with_what_it_rests_on(
    veras: Browser, nightly: Queue, living_room: Instance
) -> None:
    nightly.change(order="smart")
    one = item(living_room, 1, aired_at=now() - 100 * DAY)
    for address in (f"/items/{one.id}", f"/queues/{nightly.id}/preview"):
        assert "what similar searches found (none yet)" in await words(veras, address)
    for outcome in ["grabbed"] * 2 + ["nothing"] * 3 + ["unknown"]:
        ended(search(living_room, age_days=100, created_at=now()), outcome)
    for address in (f"/items/{one.id}", f"/queues/{nightly.id}/preview"):
        assert "what similar searches found (2 of 5)" in await words(veras, address)


async def test_scores_before_and_after_are_drawn_and_told_in_a_table(
    veras: Browser, living_room: Instance
) -> None:
    some(living_room, nothing=1)
    assert "Scores before and after" not in await words(veras)
    for before, after in ((0, 1_700), (100, 300), (50, 50), (300, 200)):
        scores = {"score_before": before, "score_after": after}
        ScoreChange.create(instance=living_room, arr_id=1, title="x", at=now(), **scores)
    said = await words(veras)
    assert "Of 4 files replaced in 30 days, 2 got a higher score" in said
    assert "112 on average before, 562 after" in said
    page = (await veras.get("/yield")).text
    row = page.partition('aria-label="Figures of the scores"')[2]
    assert "+1" in row and "<bdi>4</bdi>" in row
    assert 'data-state="failed"' in page.partition('id="gains-title"')[2]
    assert "4 replaced, +1" in page
