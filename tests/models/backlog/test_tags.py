"""All tags count, whatever their number; queues know them by name."""

import pytest

from models.backlog import Entry
from models.backlog.eligibility import Policy
from models.backlog.snapshots import Snapshot
from models.backlog.tags import facts_of, linked
from models.batches import Batch
from models.instances import Instance
from models.queues import Queue
from models.queues.choices import FIELDS_OF, UNKNOWN, Choices
from models.queues.filters import Filters, Sieve
from models.sync.mirror import Mirror
from tests.conftest import START
from tests.wanted import wanted

NOTHING_TYPED: dict[str, list[str]] = {name: [] for names in FIELDS_OF.values() for name in names}


def tag(instance: Instance, number: int, name: str) -> None:
    Snapshot.create(instance=instance, kind="tag", arr_id=number, name=name, fingerprint="")


def entry(arr_id: int, *tags: int) -> Entry:
    nothing = dict.fromkeys(Entry._fields)
    told = {"arr_id": arr_id, "want": "missing", "title": "Low Water", "sort_title": "low water"}
    told |= {"available": True, "monitored": True, "tags": tags, "slug": "", "external_id": arr_id}
    return Entry(**nothing | told)


def read(instance: Instance, *entries: Entry) -> int:
    return Mirror(instance, Policy.current(), START).take(list(entries))


def chosen(queue: Queue) -> list[str]:
    return sorted(pick.items[0].title for pick in Batch(queue, START).picks())


@pytest.fixture
def everywhere(nightly: Queue, living_room: Instance, cinema: Instance) -> Queue:
    """Over both instances; each has 300 tags, numbered differently."""
    for number in range(1, 301):
        tag(living_room, number, f"t{number}")
        tag(cinema, 1000 - number, f"t{number}")
    nightly.serve([living_room, cinema])
    return nightly


def test_a_queue_over_two_instances_leaves_out_by_name_on_both(
    everywhere: Queue, living_room: Instance, cinema: Instance
) -> None:
    wanted(living_room, tags=[299], title="series out")
    wanted(living_room, tags=[701], title="series in")
    wanted(cinema, tags=[701], title="movie out")
    wanted(cinema, tags=[299], title="movie in")
    wanted(cinema, title="untagged")
    everywhere.change(filters_json=Filters(tags_out=["t299"]).model_dump_json())
    assert chosen(everywhere) == ["movie in", "series in", "untagged"]
    everywhere.change(filters_json=Filters(tags_in=["t299"]).model_dump_json())
    assert chosen(everywhere) == ["movie out", "series out"]


def test_a_name_that_one_instance_alone_knows_is_no_tag_of_the_other(
    everywhere: Queue, living_room: Instance, cinema: Instance
) -> None:
    tag(living_room, 2000, "kids")
    wanted(living_room, tags=[2000], title="series")
    wanted(cinema, tags=[2000], title="movie")
    everywhere.change(filters_json=Filters(tags_out=["kids"]).model_dump_json())
    assert chosen(everywhere) == ["movie"]
    everywhere.change(filters_json=Filters(tags_in=["kids"]).model_dump_json())
    assert chosen(everywhere) == ["series"]


def test_all_of_the_tags_must_be_there_on_the_instance_too(
    everywhere: Queue, living_room: Instance, cinema: Instance
) -> None:
    tag(living_room, 2000, "kids")
    wanted(living_room, tags=[299, 2000, 5], title="series with both")
    wanted(living_room, tags=[299], title="series with one")
    wanted(cinema, tags=[701, 2000], title="movie whose instance knows one")
    everywhere.change(filters_json=Filters(tags_all=["t299", "Kids"]).model_dump_json())
    assert chosen(everywhere) == ["series with both"]
    filters = Filters(tags_all=["t299"], tags_in=["kids", "t7"], tags_out=["t5"])
    everywhere.change(filters_json=filters.model_dump_json())
    assert chosen(everywhere) == []
    everywhere.change(filters_json=Filters(tags_all=["gone"]).model_dump_json())
    assert chosen(everywhere) == []


def test_none_of_some_profiles_and_folders_takes_items_without_one(
    nightly: Queue, living_room: Instance
) -> None:
    Snapshot.create(instance=living_room, kind="profile", arr_id=4, name="4K", fingerprint="")
    wanted(living_room, profile_id=4, root_folder="/tv", title="4K")
    wanted(living_room, profile_id=5, root_folder="/kids", title="kids")
    wanted(living_room, profile_id=None, root_folder=None, title="neither")
    nightly.change(filters_json=Filters(profiles_out=["4K"]).model_dump_json())
    assert chosen(nightly) == ["kids", "neither"]
    nightly.change(filters_json=Filters(root_folders_out=["/kids"]).model_dump_json())
    assert chosen(nightly) == ["4K", "neither"]


def test_small_and_capital_letters_are_the_same_in_a_tag(
    living_room: Instance, cinema: Instance
) -> None:
    tag(living_room, 1, "anime")
    tag(cinema, 7, "Anime")
    for instance, number in ((living_room, 1), (cinema, 7)):
        item = wanted(instance, tags=[number])
        assert not Sieve(Filters(tags_out=["ANIME"]), instance).takes(item)
        assert Sieve(Filters(tags_in=["anime"]), instance).takes(item)
    offered = Choices.of([living_room, cinema], NOTHING_TYPED).tags
    assert [name.casefold() for name, *_ in offered] == ["anime"]


def test_a_form_keeps_a_tag_that_no_instance_has_any_more(living_room: Instance) -> None:
    tag(living_room, 1, "kids")
    tags = Choices.of([living_room], NOTHING_TYPED | {"tags_out": ["gone", "Kids"]}).tags
    assert tags == [("gone", "gone", UNKNOWN), ("Kids", "Kids", "")]


def test_tags_are_read_changed_and_taken_away(living_room: Instance) -> None:
    assert read(living_room, entry(1, 63, 299), entry(2), entry(3, 5)) == 3
    assert linked(living_room, [1, 2, 3]) == {1: {63, 299}, 3: {5}}
    assert read(living_room, entry(1, 299, 63), entry(2), entry(3, 5)) == 0
    assert read(living_room, entry(1, 63), entry(2, 7), entry(3)) == 3
    assert linked(living_room, [1, 2, 3]) == {1: {63}, 2: {7}}


def test_an_item_that_takes_anothers_number_has_its_own_tags(living_room: Instance) -> None:
    """A restored database gives an id anew."""
    read(living_room, entry(1, 63))
    read(living_room, entry(1, 63)._replace(external_id=9))
    assert linked(living_room, [1, -1]) == {1: {63}, -1: {63}}


def test_the_names_of_all_its_tags_are_told(living_room: Instance) -> None:
    for number in range(1, 301):
        tag(living_room, number, f"t{number:03}")
    item = wanted(living_room, tags=[2, 63, 299])
    assert facts_of(item)[1] == ["t002", "t063", "t299"]


def test_what_has_left_takes_its_tags_along_when_its_instance_is_deleted(
    living_room: Instance,
) -> None:
    wanted(living_room, tags=[1, 2])
    living_room.delete_instance()
    assert linked(living_room, [1]) == {}
