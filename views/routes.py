"""Every address of the program; the form's action is the resource."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from views import (
    audit,
    backlog,
    by_hand,
    checks,
    dashboard,
    demo,
    exclusions,
    health,
    hold,
    instances,
    invitations,
    items,
    passwords,
    pauses,
    people,
    previews,
    profile,
    queues,
    runs,
    searches,
    second_factor,
    sessions,
    settings,
    setup,
    styleguide,
    suspensions,
    syncs,
    two_factor,
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
        resource("/sessions", get=sessions.index, delete=sessions.destroy_others),
        resource("/sessions/{id:id}", delete=sessions.destroy_one),
        resource("/profile", get=profile.show, patch=profile.update),
        resource("/password", get=passwords.edit, patch=passwords.update),
        resource("/password/hint", post=passwords.hint),
        resource("/people", get=people.index),
        resource("/people/{id:id}", get=people.show, patch=people.update, delete=people.destroy),
        resource("/people/{id:id}/suspension", post=suspensions.create, delete=suspensions.destroy),
        resource("/people/invitations", post=invitations.create),
        resource("/people/invitations/{id:id}", delete=invitations.destroy),
        resource("/invitations/{token}", get=invitations.show, post=invitations.accept),
        resource("/session/second-factor/new", get=second_factor.new),
        resource("/session/second-factor", post=second_factor.create),
        resource(
            "/two-factor",
            get=two_factor.show,
            post=two_factor.create,
            patch=two_factor.update,
            delete=two_factor.destroy,
        ),
        resource("/two-factor/recovery-codes", post=two_factor.renew),
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
        resource("/runs", get=runs.index),
        resource("/runs/{id:id}", get=runs.show, delete=runs.destroy),
        resource("/searches", get=searches.index),
        resource("/settings", get=settings.show, patch=settings.update),
        resource("/audit", get=audit.index),
        resource("/styleguide", get=styleguide.show),
        resource("/backlog", get=backlog.index),
        resource("/items/{id:id}", get=items.show),
        resource("/items/{id:id}/searches", post=by_hand.create),
        resource("/exclusions", get=exclusions.index, post=exclusions.create),
        resource("/exclusions/{id:id}", delete=exclusions.destroy),
        resource("/health", get=health.show),
        resource("/static/{name:path}", get=static),
    ]
