"""Views of the history that a person keeps."""

import pytest

from models.people import User
from models.searches.saved_views import MOST, SavedView
from tests.fakes.browser import Browser
from tests.views.typed import everything
from views.saved_views import NOTHING_TO_KEEP, TOO_LONG, TOO_MANY

FAILED = {"name": "Failed on Cinema", "outcome": "failed", "instance": "2"}


async def test_filters_are_kept_under_a_name_and_lead_back(veras: Browser, vera: User) -> None:
    page = await veras.post("/searches/views", **FAILED)
    assert page.url.path == "/searches" and page.url.query == b"outcome=failed&instance=2"
    assert "is saved" in page.text
    home = (await veras.get("/searches")).text
    assert 'href="/searches?outcome=failed&amp;instance=2"' in home
    assert "Failed on Cinema" in home
    assert SavedView.get().user == vera


async def test_views_of_others_are_neither_seen_nor_removed(
    alices: Browser, bobs: Browser, alice: User
) -> None:
    await alices.post("/searches/views", **FAILED)
    assert "Failed on Cinema" not in (await bobs.get("/searches")).text
    answer = await bobs.post("/searches/views/1", method="DELETE")
    assert answer.status_code == 404
    assert SavedView.select().count() == 1


async def test_a_view_is_removed(alices: Browser) -> None:
    await alices.post("/searches/views", **FAILED)
    page = await alices.post("/searches/views/1", method="DELETE")
    assert "is removed" in page.text
    assert not SavedView.select().exists()


async def test_the_same_name_again_keeps_the_new_filters(alices: Browser, bobs: Browser) -> None:
    await alices.post("/searches/views", **FAILED)
    await bobs.post("/searches/views", **FAILED)
    await alices.post("/searches/views", name="failed on cinema", outcome="grabbed")
    assert [view.filters for view in SavedView.select().order_by(SavedView.id)] == [
        "outcome=grabbed",
        "outcome=failed&instance=2",
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "x"}, NOTHING_TO_KEEP),
        ({"name": "", "outcome": "failed"}, "Please fill this in."),
        ({"name": "x" * 61, "outcome": "failed"}, "Use at most 60 characters."),
        ({"name": "x", "text": "é" * 200, "since": "y" * 200}, TOO_LONG),
        ({"name": "x", "outcome": "failed", "role": "admin"}, "This form has no field “role”."),
    ],
)
async def test_a_view_that_cannot_be_kept_is_refused_with_a_sentence(
    fields: dict[str, str], sentence: str, alices: Browser
) -> None:
    before = everything()
    page = await alices.post("/searches/views", **fields)
    assert page.status_code == 422
    if len(fields) > 1:
        assert sentence in page.text
    assert everything() == before


async def test_views_are_bounded_in_number(alices: Browser, alice: User) -> None:
    for number in range(MOST):
        await alices.post("/searches/views", name=f"View {number}", outcome="failed")
    page = await alices.post("/searches/views", name="One more", outcome="grabbed")
    assert page.status_code == 422 and TOO_MANY in page.text
    await alices.post("/searches/views", name="view 3", outcome="grabbed")
    assert SavedView.of(alice).count() == MOST


async def test_only_known_filters_are_kept(alices: Browser) -> None:
    await alices.post("/searches/views", name="x", text="a&b=c", outcome="failed")
    assert SavedView.get().filters == "text=a%26b%3Dc&outcome=failed"


async def test_views_go_with_their_person(alices: Browser, bobs: Browser, bob: User) -> None:
    await bobs.post("/searches/views", **FAILED)
    bob.delete_instance()
    assert not SavedView.select().exists()
