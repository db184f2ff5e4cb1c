"""Where files stand under their profiles, and how a replaced file is noted."""

from datetime import timedelta

import pytest

from models.instances import Instance
from models.scores import FileScore, ScoreChange, ScoreReading, keep
from models.scores.profiles import (
    Rules,
    ScoreProfile,
    Standing,
    count,
    keep_counts,
    keep_grabs,
    keep_rules,
)
from tests.conftest import START

HD = Rules(4, "HD", True, 900, 20, 1200)


def reading(arr_id: int, score: int, **told: int) -> tuple[ScoreReading, str]:
    own = {"shelf": 1, "file_id": arr_id, "profile_id": 4, "below_quality": False} | told
    return ScoreReading(arr_id=arr_id, score=score, **own), f"Item {arr_id}"


def read(instance: Instance, *readings: tuple[ScoreReading, str], is_whole: bool = True) -> None:
    keep(instance, [1], readings, START, is_whole=is_whole)


@pytest.mark.parametrize(
    ("score", "standing"),
    [
        (-10_000, Standing.BELOW),
        (0, Standing.BELOW),
        (899, Standing.BELOW),
        (900, Standing.AT),
        (5_000, Standing.AT),
    ],
)
def test_a_file_is_at_its_cutoff_or_below_it(score: int, standing: Standing) -> None:
    assert HD.standing(score, below_quality=False) == standing


def test_a_file_that_no_release_can_better_by_the_least_step_is_out_of_reach() -> None:
    rules = HD._replace(cutoff_score=10_000)
    assert rules.standing(1180, below_quality=False) == Standing.BELOW
    assert rules.standing(1181, below_quality=False) == Standing.OUT_OF_REACH


def test_a_file_below_its_quality_is_left_to_the_list_of_upgrades() -> None:
    assert HD.standing(0, below_quality=True) == Standing.QUALITY


def test_profiles_that_forbid_upgrades_or_have_no_cutoff_are_not_scanned() -> None:
    assert HD.is_scanned
    assert not HD._replace(upgrades=False).is_scanned
    assert not HD._replace(cutoff_score=0).is_scanned


def test_the_files_of_each_profile_are_counted_as_the_rules_say(living_room: Instance) -> None:
    high = HD._replace(arr_id=5, name="4K", cutoff_score=10_000)
    keep_rules(living_room, [HD, high], START)
    scores = {4: (-10_000, 0, 899, 900, 5000), 5: (0, 1180, 1181, 1200, 10_000)}
    number = iter(range(1, 100))
    rows = [
        reading(next(number), score, profile_id=profile, below_quality=below)
        for profile, all_of in scores.items()
        for score in all_of
        for below in (False, True)
    ]
    read(living_room, *rows)
    keep_counts(living_room, count(living_room.id), START)
    for profile in ScoreProfile.of(living_room):
        mine = [row for row, _ in rows if row.profile_id == profile.arr_id]
        stand = [profile.rules.standing(row.score, below_quality=row.below_quality) for row in mine]
        counted = (
            profile.at_cutoff,
            profile.below,
            profile.out_of_reach,
            profile.below_quality,
        )
        assert counted == tuple(stand.count(each) for each in Standing), profile.name
        assert profile.best == max(scores[profile.arr_id])
        assert profile.counted_at == START


def test_a_profile_that_lost_its_files_is_counted_as_empty(living_room: Instance) -> None:
    keep_rules(living_room, [HD], START)
    read(living_room, reading(1, 10))
    keep_counts(living_room, count(living_room.id), START)
    read(living_room)
    keep_counts(living_room, count(living_room.id), START)
    [profile] = ScoreProfile.of(living_room)
    assert (profile.files, profile.best) == (0, None)


def test_a_replaced_file_is_noted_with_both_scores(living_room: Instance) -> None:
    read(living_room, reading(1, 100), reading(2, 100), reading(3, 100))
    read(
        living_room,
        reading(1, 250, file_id=91),
        reading(2, 130),
        reading(3, 100, profile_id=5, file_id=93),
    )
    [change] = ScoreChange.of_item(living_room, 1)
    assert (change.score_before, change.score_after, change.gain) == (100, 250, 150)
    assert (change.title, change.at) == ("Item 1", START)
    assert ScoreChange.latest(living_room) == [change]


def test_what_a_whole_reply_does_not_hold_is_gone(living_room: Instance) -> None:
    read(living_room, reading(1, 100), reading(2, 100))
    other = reading(7, 5, shelf=2)
    keep(living_room, [2], [other], START, is_whole=True)
    read(living_room, reading(2, 100), is_whole=False)
    assert FileScore.of(living_room, 1) is not None
    read(living_room, reading(2, 100))
    assert FileScore.of(living_room, 1) is None
    assert FileScore.of(living_room, 7) is not None


def test_changed_profiles_are_told_and_a_new_name_is_no_change(living_room: Instance) -> None:
    assert keep_rules(living_room, [HD, HD._replace(arr_id=5)], START) == []
    changed = HD._replace(arr_id=5, reach=1300)
    assert keep_rules(living_room, [HD._replace(name="Full HD"), changed], START) == [5]
    assert keep_rules(living_room, [changed], START) == []
    assert [row.arr_id for row in ScoreProfile.of(living_room)] == [5]


def test_old_changes_go_with_the_history(living_room: Instance) -> None:
    read(living_room, reading(1, 100))
    read(living_room, reading(1, 250, file_id=91))
    assert ScoreChange.forget(START) == 0
    assert ScoreChange.forget(START + timedelta(days=1)) == 1


def known(instance: Instance) -> ScoreProfile:
    keep_counts(instance, count(instance.id), START)
    [profile] = ScoreProfile.of(instance)
    return profile


def test_the_best_seen_is_believed_from_twenty_files_and_grabs_on(living_room: Instance) -> None:
    keep_rules(living_room, [HD], START)
    read(living_room, *(reading(number, 100 + number) for number in range(1, 19)))
    keep_grabs(living_room, {4: [(START, 300)]})
    assert (known(living_room).met, known(living_room).ceiling) == (19, None)
    keep_grabs(living_room, {4: [(START, 50)], 5: [(START, 900)]})
    assert (known(living_room).met, known(living_room).ceiling) == (20, 300)
    read(living_room, *(reading(number, 100 + number) for number in range(301, 330)))
    assert known(living_room).ceiling == 429


def test_a_changed_profile_forgets_the_best_seen_until_files_are_read(
    living_room: Instance,
) -> None:
    keep_rules(living_room, [HD], START)
    rows = [reading(number, 100 + number) for number in range(1, 31)]
    read(living_room, *rows)
    keep_grabs(living_room, {4: [(START, 300)]})
    assert known(living_room).ceiling == 300
    later = START + timedelta(hours=1)
    assert keep_rules(living_room, [HD._replace(formats="other")], later) == []
    assert keep_rules(living_room, [HD._replace(formats="another")], later) == [4]
    FileScore.update(is_stale=True).execute()
    profile = known(living_room)
    assert (profile.ceiling, profile.met, profile.learnt_since) == (None, 0, later)
    keep_grabs(living_room, {4: [(START, 900), (later + timedelta(hours=1), 90)]})
    read(living_room, *rows)
    assert (known(living_room).met, known(living_room).ceiling) == (31, 130)
