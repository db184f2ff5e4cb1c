"""Secrets that a session has tested, for the form that it sends next."""

from starlette.requests import Request

from models.database.fields import now
from models.forms import Fields, Unsent
from models.forms.typed_secrets import OF_SERVERS, ConnectionFields, Server, TypedSecrets


def with_tested(
    request: Request, row: Server | None, names: ConnectionFields = OF_SERVERS
) -> Fields:
    """The typed fields, plus the secrets that this session tested with the same connection."""
    fields, session = request.state.fields, request.state.visitor.session
    if session is None or isinstance(fields, Unsent):
        return fields
    pairs: Fields = _kept(request).fill_in(session.id, fields, row, now(), names)
    return pairs


def keep_tested(
    request: Request, row: Server | None, fields: Fields, names: ConnectionFields = OF_SERVERS
) -> bool:
    """Keeps the typed secrets for the form that this session sends next; False without any."""
    session = request.state.visitor.session
    return _kept(request).keep(session.id, fields, row, now(), names)


def forget_tested(request: Request) -> None:
    if session := request.state.visitor.session:
        _kept(request).forget(session.id)


def _kept(request: Request) -> TypedSecrets:
    kept: TypedSecrets = request.app.state.typed_secrets
    return kept
