"""What the words of the pages mean, and the documentation of this very version."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from views.web.documents import all_documents, document
from views.web.endpoint import query
from views.web.render import render


def show(request: Request) -> Response:
    """All documents and words, or the one document that the address names."""
    name = query(request, "read")
    if not name:
        return render(request, "help/index.html", documents=all_documents())
    found = document(name)
    if found is None:
        raise HTTPException(404)
    return render(request, "help/document.html", document=found)
