"""Long lists in parts: each part ends with a cursor, from which the next one goes on."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated

from pydantic import AfterValidator, Field

from models.forms import Form, Line
from models.searches.entries import HistoryPlace

UNREADABLE = "This cursor comes from no list here: leave it out to begin at the start."


def _readable(text: str) -> str:
    if text and place_of(text) is None:
        raise ValueError(UNREADABLE)
    return text


class ListQuery(Form):
    """The parameters of every long list."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[Line, AfterValidator(_readable)] = ""

    @property
    def place(self) -> HistoryPlace | None:
        """Where the part before ended; None at the start."""
        return place_of(self.cursor)


def cursor_of(place: HistoryPlace | None) -> str | None:
    return None if place is None else urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def place_of(cursor: str) -> HistoryPlace | None:
    """The place that a cursor means; None for anything else."""
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        return None
    return HistoryPlace.read(text)
