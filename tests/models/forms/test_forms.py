"""What people type, checked: every fault has its sentence beside its field."""

from typing import Any

import pytest

from models.forms import OWN
from models.forms.instances import ConnectionForm, InstanceForm
from models.forms.people import AccountForm, SignInForm, zones
from models.forms.queues import QueueForm

CONNECTION = {"application": "sonarr", "url": "http://tv:8989", "api_key": "k" * 32}
INSTANCE = CONNECTION | {"name": "Attic"}
QUEUE = {"name": "Evening", "instances": "1", "time_zone": "UTC"}
ACCOUNT = {
    "name": "Alice",
    "password": "a long walk by the river",
    "password_again": "a long walk by the river",
    "time_zone": "UTC",
}


def _errors(form: Any, good: dict[str, str], **changes: str | None) -> dict[str, str]:
    typed = {name: value for name, value in (good | changes).items() if value is not None}
    draft = form.read(typed.items())
    assert draft.is_good == (not draft.errors)
    return draft.errors


def test_good_forms_are_good() -> None:
    for form, good in (
        (ConnectionForm, CONNECTION),
        (InstanceForm, INSTANCE),
        (QueueForm, QUEUE),
        (AccountForm, ACCOUNT),
        (SignInForm, {"name": "alice", "password": ""}),
    ):
        assert _errors(form, good) == {}


@pytest.mark.parametrize(
    ("form", "good", "field", "typed", "sentence"),
    [
        (AccountForm, ACCOUNT, "name", None, "Please fill this in."),
        (AccountForm, ACCOUNT, "name", "", "Please fill this in."),
        (AccountForm, ACCOUNT, "name", "\u2003 ", "Please fill this in."),
        (AccountForm, ACCOUNT, "name", "a" * 61, "Use at most 60 characters."),
        (AccountForm, ACCOUNT, "name", "a\nb", "Leave out line breaks"),
        (AccountForm, ACCOUNT, "name", "a\u202eb", "Leave out line breaks"),
        (AccountForm, ACCOUNT, "password_again", "x", "The two passwords are not the same."),
        (AccountForm, ACCOUNT, "password_again", None, "Please fill this in."),
        (AccountForm, ACCOUNT, "time_zone", "", "Choose a time zone from the list."),
        (InstanceForm, INSTANCE, "application", "Sonarr", "Choose one from the list."),
        (InstanceForm, INSTANCE, "url", None, "Please fill this in."),
        (InstanceForm, INSTANCE, "api_key", "k" * 15, "An API key is longer"),
        (InstanceForm, INSTANCE, "api_key", "k" * 129, "Use at most 128 characters."),
        (InstanceForm, INSTANCE, "api_key", "k" * 16 + " k", "letters and digits only"),
        (InstanceForm, INSTANCE, "api_key", "é" * 32, "letters and digits only"),
        (InstanceForm, INSTANCE, "api_key", "k" * 32 + "\x00", "Leave out line breaks"),
        (InstanceForm, INSTANCE, "hourly_budget", "0", "Type a number of at least 1."),
        (InstanceForm, INSTANCE, "hourly_budget", "101", "Type a number of at most 100."),
        (InstanceForm, INSTANCE, "daily_budget", "", "Please fill this in."),
        (InstanceForm, INSTANCE, "daily_budget", "1e3", "Type a whole number."),
        (InstanceForm, INSTANCE, "daily_budget", "NaN", "Type a whole number."),
        (InstanceForm, INSTANCE, "spacing_seconds", "4", "Type a number of at least 5."),
        (InstanceForm, INSTANCE, "spacing_seconds", "9" * 9000, "That number is too large."),
        (InstanceForm, INSTANCE, "verify_tls", "perhaps", "Choose yes or no."),
        (QueueForm, QUEUE, "instances", None, "Choose at least one."),
        (QueueForm, QUEUE, "instances", "x", "Choose one from the list."),
        (QueueForm, QUEUE, "strategy", "", "Choose one from the list."),
        (QueueForm, QUEUE, "every", "745", "every 31 days at the least"),
    ],
)
def test_a_fault_has_its_sentence_beside_its_field(
    form: Any, good: dict[str, str], field: str, typed: str | None, sentence: str
) -> None:
    errors = _errors(form, good, **{field: typed})
    assert set(errors) == {field}
    assert sentence in errors[field]


def test_a_short_password_is_not_called_a_different_one() -> None:
    errors = _errors(AccountForm, ACCOUNT, password="short", password_again="short")
    assert errors == {"password": "Use at least 12 characters."}


def test_a_password_keeps_its_spaces() -> None:
    typed = ACCOUNT | {"password": "  twelve chars  ", "password_again": "  twelve chars  "}
    assert AccountForm.read(typed.items()).form.password == "  twelve chars  "


def test_a_field_sent_twice_is_refused() -> None:
    draft = QueueForm.read([*QUEUE.items(), ("name", "Other")])
    assert draft.errors == {"name": "This was sent twice."}


def test_a_list_may_be_sent_in_many_fields_and_counts_each_once() -> None:
    draft = QueueForm.read([*QUEUE.items(), ("instances", "2"), ("instances", "1")])
    assert draft.form.instances == [1, 2]


def test_an_unknown_field_is_refused_by_its_name() -> None:
    draft = QueueForm.read([*QUEUE.items(), ("owner" * 50, "1")])
    assert draft.errors == {OWN: f"This form has no field “{('owner' * 50)[:40]}”."}


def test_what_was_typed_is_kept_but_never_a_secret() -> None:
    typed = [*ACCOUNT.items(), ("setup_token", "s3cret"), ("role", "admin")]
    assert AccountForm.read(typed).values == {
        "setup_token": "",
        "name": "Alice",
        "password": "",
        "password_again": "",
        "time_zone": "UTC",
    }
    assert InstanceForm.read(INSTANCE.items()).values["api_key"] == ""


def test_a_box_that_is_not_ticked_means_no() -> None:
    form = InstanceForm.read(INSTANCE.items()).form
    assert (form.verify_tls, form.enabled, form.anyway) == (False, False, False)


def test_a_blank_form_holds_its_defaults_as_text() -> None:
    values = QueueForm.blank(name="Evening", instances=[1, 2]).values
    assert values["instances"] == ["1", "2"]
    assert (values["batch_size"], values["every"], values["unit"]) == ("5", "2", "hours")


def test_time_zones_are_listed_by_their_region() -> None:
    regions = zones()
    assert regions["UTC"] == ["UTC"]
    assert "Europe/Berlin" in regions["Europe"]
    assert "America/Argentina/Salta" in regions["America"]
    assert not {"Etc", "posix", "right"} & set(regions)
