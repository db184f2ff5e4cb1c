"""All endpoints there are, in the order of the document that describes them."""

from views.api import (
    budgets,
    exclusions,
    household,
    instances,
    items,
    plans,
    queues,
    runs,
    searches,
    specification,
    summary,
    yields,
)
from views.api.endpoints import Endpoint

# The title of a group of endpoints, and the modules that declare them.
GROUPS = {
    "Instances": (instances,),
    "Queues": (queues,),
    "Plan and preview": (plans,),
    "Runs": (runs,),
    "Searches": (searches,),
    "Items": (items,),
    "Exclusions": (exclusions,),
    "Budgets and yield": (budgets, yields),
    "Household": (household, summary),
    "The API itself": (specification,),
}
BY_GROUP: dict[str, list[Endpoint]] = {
    title: [
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, Endpoint) and each.handler.__module__ == module.__name__
    ]
    for title, modules in GROUPS.items()
}
ENDPOINTS = [each for group in BY_GROUP.values() for each in group]
