"""What plain view functions are given, and what is kept from them."""

import pytest

from tests.fakes.browser import Browser
from views.web.endpoint import local


@pytest.mark.parametrize("address", ["/", "/queues/3", "/searches?text=a%20b&page=2"])
def test_a_path_of_ours_is_local(address: str) -> None:
    assert local(address) == address


@pytest.mark.parametrize(
    "address", ["", "queues", "//evil", "/\\evil", "\\/evil", "http://evil", "/a\nb", "/ü", " /a"]
)
def test_whatever_else_leads_to_the_dashboard(address: str) -> None:
    assert local(address) == "/"


async def test_a_form_says_its_method_in_a_hidden_field(alices: Browser) -> None:
    for method, status in (("DELETE", 303), ("delete", 303), ("PUT", 405), ("", 405)):
        answer = await alices.post("/hold", method=method, follow=False)
        assert answer.status_code == status
