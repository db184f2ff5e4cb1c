"""The documentation within the program, and the words of its pages."""

import re

import pytest

from models.database.fields import now
from models.instances import Instance
from models.queues import Queue
from tests.fakes.browser import Browser
from tests.models.yields.test_yields import ended, search
from tests.wanted import wanted
from views.web.documents import Span, all_documents, document, names, path_of


@pytest.mark.parametrize("name", names())
async def test_a_document_is_shown_whole_and_its_links_lead_on(name: str, veras: Browser) -> None:
    page = await veras.get(f"/help?read={name}")
    assert page.status_code == 200
    content = page.text.partition('<article class="document">')[2].partition("</article>")[0]
    written = path_of(name)
    assert written is not None
    headings = re.findall(r"^## (.+)$", written.read_text(), re.MULTILINE)
    assert len(re.findall(r"<h2 ", content)) == len(headings) > 0
    words = re.sub(r"<pre.*?</pre>|<code>.*?</code>", "", content, flags=re.DOTALL)
    assert not re.search(r"\*\*|```|\]\(|^\|", words, re.MULTILINE)
    for address, part in re.findall(r'href="(/help\?read=[\w-]+)(?:#([^"]+))?"', content):
        led = await veras.get(address)
        assert led.status_code == 200
        assert not part or f'id="{part}"' in led.text, (address, part)


async def test_the_foot_of_every_page_leads_to_all_of_them(veras: Browser) -> None:
    assert '<a href="/help">Help</a> <span>Version ' in (await veras.get("/queues")).text
    index = (await veras.get("/help")).text
    assert all(f"/help?read={each.name}" in index for each in all_documents())
    assert len(all_documents()) == len(names())


@pytest.mark.parametrize("name", ["architecture", "../README", "x", "plan.md", "%2e%2e/x"])
async def test_other_files_are_not_found(name: str, veras: Browser) -> None:
    assert (await veras.get(f"/help?read={name}")).status_code == 404


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", ["cooldown", "eligible"]),
        ("/queues/new", ["budget", "cooldown", "season-pack"]),
        ("/queues/1/edit", ["budget", "cooldown", "season-pack"]),
        ("/backlog", ["reason"]),
        ("/yield", ["answered"]),
        ("/settings", ["budget", "cooldown", "fresh"]),
    ],
)
async def test_a_word_explains_itself_where_it_first_meets_a_reader(
    path: str, words: list[str], alices: Browser, nightly: Queue, living_room: Instance
) -> None:
    wanted(living_room)
    ended(search(living_room, nightly, created_at=now()), "unknown")
    page = (await alices.get(path)).text
    every = (await alices.get("/help")).text
    shown = re.findall(r'<button type="button" popovertarget="term-([a-z-]+)">', page)
    assert sorted(shown) == words
    for word in words:
        assert page.count(f'id="term-{word}" popover') == page.count(f'href="/help#{word}"') == 1
        assert every.count(f'<div id="{word}">') == 1


async def test_what_went_wrong_leads_to_what_it_means(
    veras: Browser, browser: Browser, living_room: Instance
) -> None:
    living_room.change(
        fault_code="refused", fault="Living room cannot be reached.", faulty_since=now()
    )
    assert "/help?read=instances" in (await veras.get(f"/instances/{living_room.id}")).text
    assert "/help?read=page-sentences" in (await veras.get("/nowhere")).text
    assert "/help" not in (await browser.get("/invitations/x")).text


def test_a_line_is_pieces_and_never_markup() -> None:
    shown = document("people")
    assert shown is not None
    kinds = {
        span.kind for block in shown.blocks for row in block.rows for cell in row for span in cell
    }
    assert kinds <= {"text", "code", "strong", "em", "link"}
    assert all(isinstance(block.rows[0][0][0], Span) for block in shown.blocks)


def test_no_mark_of_markdown_is_left_in_what_is_shown() -> None:
    left = [
        f"{shown.name}: {span.text}"
        for shown in all_documents()
        for block in shown.blocks
        if block.kind != "code"
        for row in block.rows
        for cell in row
        for span in cell
        if span.kind != "code" and ("`" in span.text or "**" in span.text or "](" in span.text)
    ]
    assert left == []
