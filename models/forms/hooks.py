"""The form of an instance's webhook."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from models.forms import Form, Line
from models.instances.addresses import normalise


class HookForm(Form):
    """How a webhook gets to the instance.

    `address` is where the instance reaches this program, with the path of a proxy if there is one.
    """

    way: Literal["there", "by-hand"] = "there"
    address: Annotated[Line, AfterValidator(normalise)]
