"""The columns of a statement, as peewee would write them."""

import pytest
from peewee import ModelSelect, fn

from models.backlog import Item, Tally
from models.database.selects import Select
from models.instances import Instance
from models.queues import Queue, QueueInstance
from models.searches.runs import Run

QUERIES = {
    "all columns": lambda: Item.select(),
    "some": lambda: Item.select(Item.id, Item.instance).where(Item.want == "missing"),
    "of two tables": lambda: Item.select(Item, Instance).join(Instance),
    "of the second first": lambda: QueueInstance.select(Queue, QueueInstance).join(Queue),
    "with a sum": lambda: Tally.select(Tally.reason, fn.SUM(Tally.items)).group_by(Tally.reason),
    "with a statement inside": lambda: Run.latest_of([1, 2]),
    "inside another": lambda: Run.select().where(Run.queue.in_(Queue.select())),
    "no more than one of each": lambda: Item.select(Item.want).distinct(),
    "joined": lambda: Item.select(Item.id) + Item.select(Item.arr_id),
    "counted": lambda: Item.select().where(Item.want == "missing").limit(3),
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_statement_is_what_peewee_would_send(
    db: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = QUERIES[name]().sql()
    monkeypatch.delattr(Select, "__sql_selection__")
    assert isinstance(Item.select(), ModelSelect)
    assert ours == QUERIES[name]().sql()
