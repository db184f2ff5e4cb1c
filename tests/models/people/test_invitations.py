"""Links that make one account each."""

from datetime import timedelta

import pytest

from models.people import User
from models.people.administration import change_role, delete, disable
from models.people.invitations import LASTS, Invitation
from tests.conftest import START

ACCOUNT = {"name": "Zoe", "password_hash": "hash", "time_zone": "UTC", "at": START}


def test_the_token_itself_is_not_kept(alice: User) -> None:
    row, token = Invitation.make(alice, "member", "Zoe", START)
    assert len(token) == 43
    assert token not in repr(Invitation.get_by_id(row.id).__data__)
    assert Invitation.of(token, START) == row
    for other in ("", token[:-1], token.swapcase(), row.token_hash, "\ud800"):
        assert Invitation.of(other, START) is None


def test_it_lasts_a_week_and_is_swept_away_by_the_next_one(alice: User) -> None:
    _, token = Invitation.make(alice, "member", "", START)
    assert Invitation.of(token, START + LASTS - timedelta(seconds=1))
    assert Invitation.of(token, START + LASTS) is None
    Invitation.make(alice, "member", "", START + LASTS)
    assert Invitation.select().count() == 1


def test_it_makes_one_person_of_its_role(alice: User) -> None:
    row, token = Invitation.make(alice, "viewer", "", START)
    again = Invitation.get_by_id(row.id)
    user = row.accept(**ACCOUNT)
    assert user and (user.name, user.role) == ("Zoe", "viewer")
    assert Invitation.of(token, START) is None
    assert again.accept(**ACCOUNT | {"name": "Eve"}) is None
    assert User.select().count() == 2


def test_one_that_is_over_makes_nobody(alice: User) -> None:
    row, _ = Invitation.make(alice, "viewer", "", START)
    assert row.accept(**ACCOUNT | {"at": START + LASTS}) is None
    assert User.select().count() == 1


@pytest.mark.parametrize("fall", ["disabled", "demoted", "deleted"])
def test_it_is_worth_what_its_inviter_is(fall: str, alice: User, bob: User) -> None:
    bob.change(role="admin")
    row, token = Invitation.make(bob, "admin", "", START)
    if fall == "disabled":
        disable(bob, START)
    elif fall == "demoted":
        change_role(bob, "member")
    else:
        delete(bob, alice)
    assert Invitation.of(token, START) is None
    assert row.accept(**ACCOUNT) is None
