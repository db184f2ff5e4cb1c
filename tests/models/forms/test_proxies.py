"""The part of an instance's form that is about a proxy in front of it."""

import pytest

from models.forms.instances import ConnectionForm
from models.forms.proxies import (
    AGAIN,
    HEADER_AS_WELL,
    NAME_AS_WELL,
    ONE_OF_THEM,
    PASSWORD_AS_WELL,
    TWICE,
    VALUE_AS_WELL,
)
from models.instances.proxies import Credentials

KEPT = Credentials("porter", "sesame", (("CF-Access-Client-Id", "abc"), ("X-Two", "2")))
NAMES = {"proxy_header_1": "CF-Access-Client-Id", "proxy_header_2": "X-Two"}


def read(**typed: str) -> tuple[ConnectionForm | None, dict[str, str]]:
    fields = {"application": "sonarr", "url": "http://tv:8989", **typed}
    draft = ConnectionForm.read(fields.items())
    return (draft.form if draft.is_good else None), draft.errors


def good(**typed: str) -> ConnectionForm:
    form, errors = read(**typed)
    assert form is not None, errors
    return form


@pytest.mark.parametrize(
    "name",
    [
        *("Host", "HOST", "content-length", "Transfer-Encoding", "connection", "Cookie"),
        *("X-Api-Key", "x-api-key", "X_Api_Key", "Upgrade", "Accept-Encoding"),
    ],
)
def test_what_steers_a_request_or_is_the_key_is_no_header_of_a_proxy(name: str) -> None:
    _, errors = read(proxy_header_2=name, proxy_value_2="x")
    assert set(errors) == {"proxy_header_2"}
    assert "sets itself" in errors["proxy_header_2"]


@pytest.mark.parametrize("name", ["X Header", "X:", "Ärger", "X\r\nY", "x" * 101, "a(b)"])
def test_the_name_of_a_header_is_plain(name: str) -> None:
    _, errors = read(proxy_header_1=name, proxy_value_1="x")
    assert set(errors) == {"proxy_header_1"}


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\x00b", "x" * 1001, "日本"])
@pytest.mark.parametrize("field", ["proxy_value_1", "proxy_password", "proxy_name"])
def test_a_secret_is_one_short_line_that_a_header_can_carry(field: str, value: str) -> None:
    typed = {"proxy_name": "a", "proxy_password": "b", "proxy_header_1": "X", "proxy_value_1": "x"}
    _, errors = read(**typed | {field: value})
    assert set(errors) == {field}
    assert "Evil" not in errors[field]


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"proxy_name": "a"}, "proxy_password", PASSWORD_AS_WELL),
        ({"proxy_password": "a"}, "proxy_name", NAME_AS_WELL),
        ({"proxy_value_3": "a"}, "proxy_header_3", HEADER_AS_WELL),
        (
            {
                "proxy_header_1": "X-One",
                "proxy_value_1": "1",
                "proxy_header_3": "x-ONE",
                "proxy_value_3": "3",
            },
            "proxy_header_3",
            TWICE,
        ),
        (
            {
                "proxy_name": "a",
                "proxy_password": "b",
                "proxy_header_2": "authorization",
                "proxy_value_2": "Bearer x",
            },
            "proxy_header_2",
            ONE_OF_THEM,
        ),
    ],
)
def test_what_does_not_fit_together_is_said_beside_its_field(
    typed: dict[str, str], field: str, sentence: str
) -> None:
    assert read(**typed)[1] == {field: sentence}


def test_a_name_has_no_colon() -> None:
    assert set(read(proxy_name="a:b", proxy_password="c")[1]) == {"proxy_name"}


def test_what_is_left_empty_stays_and_what_is_taken_out_goes() -> None:
    assert good(**NAMES).credentials(KEPT) == KEPT
    typed = good(proxy_header_1="cf-access-client-id", proxy_forget="1")
    assert typed.credentials(KEPT) == Credentials(headers=(("cf-access-client-id", "abc"),))
    typed = good(**NAMES, proxy_value_2="two", proxy_name="other", proxy_password="new")
    headers = (("CF-Access-Client-Id", "abc"), ("X-Two", "two"))
    assert typed.credentials(KEPT) == Credentials("other", "new", headers)


def test_what_is_kept_stays_where_it_is() -> None:
    assert list(good(**NAMES).lacking(KEPT, elsewhere=False)) == []
    assert list(good(**NAMES).lacking(KEPT, elsewhere=True)) == [
        ("proxy_password", AGAIN),
        ("proxy_value_1", AGAIN),
        ("proxy_value_2", AGAIN),
    ]
    assert list(good(proxy_forget="1").lacking(KEPT, elsewhere=True)) == []


def test_a_new_header_needs_its_value() -> None:
    found = list(good(proxy_header_1="X-New").lacking(KEPT, elsewhere=False))
    assert found == [("proxy_value_1", VALUE_AS_WELL)]


def test_a_header_that_a_kept_name_is_sent_as_is_one_too_many() -> None:
    typed = good(proxy_header_1="Authorization", proxy_value_1="Bearer x")
    assert list(typed.lacking(KEPT, elsewhere=False)) == [("proxy_header_1", ONE_OF_THEM)]


def test_a_name_and_password_are_sent_as_basic_authentication() -> None:
    assert Credentials("Aladdin", "open sesame").sent == (
        ("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
    )
    assert Credentials().sent == ()
