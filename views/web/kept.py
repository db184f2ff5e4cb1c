"""Parts of pages that are kept while the facts that they were made of stay the same."""

from collections.abc import Hashable
from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from models.household import Household
from models.people import User
from views.web.render import base_of, mask_of, masked_environment

MOST = 12


class KeptParts:
    """The latest few parts, each under a key that names all that it was made of."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}

    def find(self, key: Hashable) -> Any:
        """What is kept under this key; None for nothing."""
        return self._known.get(key)

    def keep(self, key: Hashable, what: Any) -> None:
        while len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)), None)
        self._known[key] = what


def part(request: Request, template: str, household: Household, **context: Any) -> Markup:
    """A part of a page, which depends on the visitor by no more than `looks_alike` tells.

    It holds no form: the token of one person would be given to another.
    """
    templates = request.app.state.templates
    if mask_of(request):
        templates = masked_environment(request.app.state.keyring.form_key)
    base = base_of(request, household)
    del base["token"]
    html = templates.get_template(template).render(base | context)
    return Markup(html)  # noqa: S704  # nosec B704 # the template has escaped it


def looks_alike(request: Request) -> tuple[object, ...]:
    """Two requests for which this is equal are shown the same parts of pages."""
    user: User = request.state.visitor.user
    return user.id, user.role, user.time_zone, user.masked
