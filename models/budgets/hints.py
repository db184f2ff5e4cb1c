"""What a number of the settings means together with the others, in a sentence."""

from collections.abc import Collection
from itertools import pairwise

from models.backlog.eligibility import DAY_MS, FRESH_STEPS, Policy
from models.household import Household
from models.instances import Instance


def hints(household: Household) -> dict[str, str]:
    """The hints by the name of the field, for the settings as they are saved."""
    sharing = [each for each in Instance.by_name() if not each.demo and not each.disabled_at]
    policy = Policy.of(household)
    hourly = [each.hourly_budget for each in sharing]
    daily = [each.daily_budget for each in sharing]
    return {
        "hourly_budget": _budget(household.hourly_budget, "an hour", hourly),
        "daily_budget": _budget(household.daily_budget, "a day", daily),
        "missing_cooldown_days": _steps(policy, policy.missing),
        "upgrade_cooldown_days": _steps(policy, policy.upgrade),
        "fresh_days": _asked(policy),
    }


def _budget(overall: int, per: str, own: Collection[int]) -> str:
    """Which of the two limits is met first: the overall one, or those of the instances."""
    if not own:
        return f"At most {overall} {per} over all instances."
    if len(own) == 1:
        [together] = own
        whose = f"Your one instance allows {together}"
    else:
        together = sum(own)
        whose = f"Your {len(own)} instances together allow {together}"
    if together == overall:
        return f"At most {overall} {per} over all instances. {whose}: the same."
    first = "this limit is met first" if overall < together else "their own limits are met first"
    first = first.replace("their own limits are", "its own limit is") if len(own) == 1 else first
    return f"At most {overall} {per} over all instances. {whose}, so {first}."


def _steps(policy: Policy, base: int) -> str:
    """The cooldowns after the first, second, third ... search that finds nothing; `base` in ms."""
    days: list[int] = []
    while not days or days[-1] * DAY_MS < policy.longest:
        days.append(policy.doubled(base, len(days) + 1) // DAY_MS)
    *rising, longest = days
    always = f"always {longest} {'day' if longest == 1 else 'days'}"
    if not rising:
        return f"{always.capitalize()}."
    return f"While it finds nothing: {', '.join(map(str, rising))}, then {always}."


def _asked(policy: Policy) -> str:
    """How often an item is searched while it is fresh, if its queue always has room."""
    bounds = [0, *(min(step, policy.fresh_for) for step in FRESH_STEPS), policy.fresh_for]
    spans = [end - begin for begin, end in pairwise(bounds)]
    most = sum(-(-span // rest) for span, rest in zip(spans, policy.fresh, strict=True))
    return f"At most {most} {'search' if most == 1 else 'searches'} of an item in that time."
