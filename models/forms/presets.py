"""What the form of a new queue starts with, and what another preset changes of it."""

from typing import Any

from models.forms import Draft
from models.forms.queues import QueueForm
from models.queues import Queue
from models.queues.strategies import Preset

# What a preset fills in. Fields of one group say one thing together.
GROUPS = (("name",), ("batch_size",), ("order",), ("kind", "every", "unit", "times"))


def begun(preset: Preset, **others: Any) -> Draft[QueueForm]:
    """The form that nobody has typed in yet."""
    name = Queue.free_name(preset.label)
    return QueueForm.blank(**preset.values, name=name, strategy=preset.strategy, **others)


def switch(draft: Draft[QueueForm], before: Preset, chosen: Preset) -> None:
    """Changes the strategy, and each group that is still as the preset before filled it in."""
    old, new = begun(before).values, begun(chosen).values
    for group in GROUPS:
        if all(draft.values[field] == old[field] for field in group):
            draft.values |= {field: new[field] for field in group}
    draft.values["strategy"] = chosen.strategy
