"""What a number of the settings means together with the others, in a sentence."""

from collections.abc import Collection

from models.household import Household
from models.instances import Instance

MOST_STEPS = 8


def hints(household: Household) -> dict[str, str]:
    """By the name of the field, for the settings as they are saved."""
    sharing = [each for each in Instance.by_name() if not each.demo and not each.disabled_at]
    hourly = [each.hourly_budget for each in sharing]
    daily = [each.daily_budget for each in sharing]
    return {
        "hourly_budget": _budget(household.hourly_budget, "an hour", hourly),
        "daily_budget": _budget(household.daily_budget, "a day", daily),
        "missing_cooldown_days": _steps(household, household.missing_cooldown_days),
        "upgrade_cooldown_days": _steps(household, household.upgrade_cooldown_days),
        "fresh_days": _asked(household),
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


def _steps(household: Household, base: int) -> str:
    """The cooldowns after the first, second, third ... search that finds nothing."""
    longest = household.longest_cooldown_days
    days = [base]
    while days[-1] < longest and len(days) < MOST_STEPS:
        days.append(min(days[-1] * 2, longest))
    if len(days) == 1:
        return f"Always {base} days."
    told = ", ".join(str(each) for each in days[:-1])
    return f"While it finds nothing: {told}, then always {days[-1]} days."


def _asked(household: Household) -> str:
    """How often an item is searched while it is fresh, if its queue always has room."""
    first = min(household.fresh_days, 2) * 24 // household.fresh_first_hours
    second = max(min(household.fresh_days, 4) - 2, 0) * 24 // household.fresh_second_hours
    later = max(household.fresh_days - 4, 0) * 24 // household.fresh_later_hours
    return f"At most {first + second + later} searches of an item in that time."
