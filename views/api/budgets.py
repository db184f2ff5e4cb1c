"""Budgets: how many searches may still be sent."""

import msgspec

from models.budgets import Allowance, Ledger
from models.instances import Instance
from views.api.answers import Listed, Moment
from views.api.endpoints import Call, read


class BudgetAnswer(msgspec.Struct, frozen=True):
    """One window of a budget: of an instance, or with `instance` null of all together.

    `free_at` is when there will be room; null where there is room now.
    """

    instance: int | None
    window_seconds: int
    limit: int
    used: int
    left: int
    free_at: Moment | None


def budget_answer(one: Allowance, instance: int | None) -> BudgetAnswer:
    return BudgetAnswer(
        instance=instance,
        window_seconds=int(one.window.total_seconds()),
        limit=one.limit,
        used=one.spent,
        left=one.left,
        free_at=one.free_at,
    )


@read("/budgets", answer=Listed[BudgetAnswer], scope="totals")
def index(call: Call) -> Listed[BudgetAnswer]:
    """Lists the budgets of an hour and of a day, overall and of each instance."""
    ledger = Ledger.at(call.at)
    found = [budget_answer(each, None) for each in ledger.overall()]
    for instance in Instance.by_name():
        found += [budget_answer(each, instance.id) for each in ledger.of_instance(instance)]
    return Listed.whole(found)
