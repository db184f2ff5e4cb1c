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
    drafts,
    exclusions,
    health,
    hold,
    instances,
    items,
    jobs,
    pauses,
    plan,
    previews,
    queues,
    runs,
    schedules,
    searches,
    sessions,
    settings,
    setup,
    styleguide,
    syncs,
    yields,
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
            "/instances/{id:id}",
            get=instances.show,
            patch=instances.update,
            delete=instances.destroy,
        ),
        resource("/instances/{id:id}/edit", get=instances.edit),
        resource("/instances/{id:id}/checks", post=checks.create_saved),
        resource("/instances/{id:id}/syncs", post=syncs.create),
        resource("/queues", get=queues.index, post=queues.create),
        resource("/queues/new", get=queues.new),
        resource("/queues/{id:id}", get=queues.show, patch=queues.update, delete=queues.destroy),
        resource("/queues/{id:id}/edit", get=queues.edit),
        resource("/queues/{id:id}/pause", post=pauses.create, delete=pauses.destroy),
        resource("/queues/{id:id}/preview", get=previews.show),
        resource("/queues/{id:id}/consent", post=previews.create),
        resource("/queues/{id:id}/runs", get=runs.index, post=runs.create),
        resource("/queues/preview", post=drafts.create),
        resource("/plan", get=plan.show),
        resource("/schedules/preview", get=schedules.show, post=schedules.create),
        resource("/runs", get=runs.index),
        resource("/runs/{id:id}", get=runs.show, delete=runs.destroy),
        resource("/searches", get=searches.index),
        resource("/yield", get=yields.show),
        resource("/settings", get=settings.show, patch=settings.update),
        resource("/jobs", get=jobs.index),
        resource("/jobs/{name}/runs", post=jobs.create),
        resource("/styleguide", get=styleguide.show),
        resource("/backlog", get=backlog.index),
        resource("/items/{id:id}", get=items.show),
        resource("/items/{id:id}/searches", post=by_hand.create),
        resource("/exclusions", get=exclusions.index, post=exclusions.create),
        resource("/exclusions/{id:id}", delete=exclusions.destroy),
        resource("/health", get=health.show),
        resource("/static/{name:path}", get=static),
    ]
