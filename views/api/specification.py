"""The endpoint that describes all endpoints, itself included."""

from typing import Any

from views.api.endpoints import Call, read


@read("/openapi.json", answer=dict, scope="totals")
def show(call: Call) -> Any:
    """Gives this document."""
    state = call.request.app.state
    return {**state.specification(), "servers": [{"url": state.base_path or "/"}]}
