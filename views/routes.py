"""Every address of the program; the form's action is the resource."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from views import (
    backlog,
    by_hand,
    checks,
    dashboard,
    demo,
    exclusions,
    health,
    hold,
    instances,
    items,
    pauses,
    previews,
    queues,
    runs,
    searches,
    sessions,
    setup,
    syncs,
)
from views.endpoint import public, resource


@public
def static(request: Request) -> Response:
    return request.app.state.assets.show(request)


def routes() -> list[Route]:
    return [
        resource("/", get=dashboard.show),
        resource("/setup", get=setup.new, post=setup.create),
        resource("/session/new", get=sessions.new),
        resource("/session", post=sessions.create, delete=sessions.destroy),
        resource("/hold", post=hold.create, delete=hold.destroy),
        resource("/demo", post=demo.create, delete=demo.destroy),
        resource("/checks", post=checks.create),
        resource("/instances", get=instances.index, post=instances.create),
        resource("/instances/new", get=instances.new),
        resource(
            "/instances/{id:int}",
            get=instances.show,
            patch=instances.update,
            delete=instances.destroy,
        ),
        resource("/instances/{id:int}/edit", get=instances.edit),
        resource("/instances/{id:int}/checks", post=checks.create_saved),
        resource("/instances/{id:int}/syncs", post=syncs.create),
        resource("/queues", get=queues.index, post=queues.create),
        resource("/queues/new", get=queues.new),
        resource("/queues/{id:int}", get=queues.show, patch=queues.update, delete=queues.destroy),
        resource("/queues/{id:int}/edit", get=queues.edit),
        resource("/queues/{id:int}/pause", post=pauses.create, delete=pauses.destroy),
        resource("/queues/{id:int}/preview", get=previews.show),
        resource("/queues/{id:int}/consent", post=previews.create),
        resource("/queues/{id:int}/runs", get=runs.index, post=runs.create),
        resource("/runs", get=runs.index),
        resource("/runs/{id:int}", get=runs.show, delete=runs.destroy),
        resource("/searches", get=searches.index),
        resource("/backlog", get=backlog.index),
        resource("/items/{id:int}", get=items.show),
        resource("/items/{id:int}/searches", post=by_hand.create),
        resource("/exclusions", get=exclusions.index, post=exclusions.create),
        resource("/exclusions/{id:int}", delete=exclusions.destroy),
        resource("/health", get=health.show),
        resource("/static/{name:path}", get=static),
    ]
