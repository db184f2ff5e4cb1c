"""The form of an API key."""

from typing import Literal

from models.forms import Name
from models.forms.people import Proven


class KeyForm(Proven):
    """A new key of one's own."""

    name: Name
    scope: Literal["totals", "read", "write"] = "read"
