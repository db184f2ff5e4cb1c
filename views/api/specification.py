"""The endpoint that describes all endpoints, itself included."""

from typing import Any

from views.api.endpoints import Call, read


@read("/openapi.json", answer=dict, scope="totals")
def show(call: Call) -> Any:
    """Gives this document."""
    return call.request.app.state.specification()
