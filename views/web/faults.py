"""The list of what is wrong with a form, at its top: each fault leads to its field."""

from typing import Any, NamedTuple

from models.forms import Draft


class FormFault(NamedTuple):
    """`id` is the field's on the page, or "" where the fault is of no field that is shown."""

    name: str
    sentence: str
    label: str
    id: str


def shows(form: Any, name: str, label: str, field_id: str) -> str:
    """Remembers a field that a template shows; the template prints the answer, "".

    The list stands above the fields, so a refused page is rendered twice.
    """
    if isinstance(form, Draft):
        form.labels[name] = (label, field_id)
    return ""


def faults_of(form: Any) -> list[FormFault]:
    """The faults in the order of the fields. A sample of the style guide is no draft."""
    labels = form.labels if isinstance(form, Draft) else {}
    found = [
        FormFault(name, sentence, *labels.get(name, ("", "")))
        for name, sentence in form.errors.items()
        if sentence
    ]
    order = list(labels)
    return sorted(found, key=lambda each: order.index(each.name) if each.name in order else -1)
