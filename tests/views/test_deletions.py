"""What is asked before something is gone: on a page of its own, and in a dialog with script."""

import re

import pytest

from models.people import User
from models.queues import Queue
from models.searches.runs import Run
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser

# Where it is asked, its own page, and the address that the answer is sent to.
QUESTIONS = (
    ("/instances/1/edit", "/instances/1/deletion", "/instances/1"),
    ("/queues/1/edit", "/queues/1/deletion", "/queues/1"),
    ("/people/2", "/people/2/deletion", "/people/2"),
    ("/sessions", "/sessions/deletion", "/sessions"),
    ("/instances", "/demo/deletion", "/demo"),
)
DELETES = re.compile(
    r'<form class="question" method="post" action="([^"]+)">\s*<input[^>]+name="token"[^>]+>'
    r'<input type="hidden" name="_method" value="DELETE">'
)


@pytest.mark.parametrize(("page", "question", "address"), QUESTIONS)
async def test_a_dialog_and_a_page_ask_the_same(
    page: str, question: str, address: str, alices: Browser, bobs: Browser, finished_run: Run
) -> None:
    await alices.post("/demo")
    async with Browser(alices.app) as elsewhere:
        await elsewhere.sign_in("alice", PASSWORD)
    shown = (await alices.get(page)).text
    (opened,) = re.findall(rf'href="{question}"\s+data-opens="([^"]+)"', shown)
    dialog = shown.partition(f'<dialog class="dialog" id="{opened}"')[2].partition("</dialog>")[0]
    alone = (await alices.get(question)).text
    assert DELETES.findall(dialog) == DELETES.findall(alone) == [address]
    outside = shown.replace(dialog, "")
    assert not re.search(rf'action="{address}">(?:(?!</form>).)*value="DELETE"', outside, re.DOTALL)


async def test_a_member_is_asked_only_of_their_own_queue(bobs: Browser, nightly: Queue) -> None:
    assert (await bobs.get("/queues/1/deletion")).status_code == 403
    nightly.change(owner=User.named("Bob"))
    assert "Delete Nightly?" in (await bobs.get("/queues/1/deletion")).text


async def test_nobody_is_asked_to_delete_themselves(alices: Browser) -> None:
    page = (await alices.get("/people/1/deletion")).text
    assert "This is you" in page and not DELETES.search(page)


async def test_a_refused_deletion_is_asked_again_on_its_page(alices: Browser, bob: User) -> None:
    answer = await alices.post(
        "/people/2", method="DELETE", heir="1", own_password="not this one, surely"
    )
    assert answer.status_code == 422
    assert "<h1" in answer.text and 'href="#f-own_password"' in answer.text
    assert User.get_or_none(User.id == 2) is not None
