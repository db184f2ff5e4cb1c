"""The dashboard: whether all is well, what was brought, whether it will end, what comes next."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from jobs.housekeeping.catalogue import JobDefinition
from jobs.housekeeping.standing import failing
from models.budgets import Allowance
from models.dashboard.idle import why_idle
from models.dashboard.overview import Overview
from models.dashboard.rows import Rows
from models.dashboard.sentence import Situation, sentence
from models.dashboard.version import moving
from models.dashboard.week import week
from models.database.fields import now
from models.instances.health import Stretch, last_day
from models.jobs import Job
from models.plan.course import Course, course, planned
from models.plan.paces import Common, Pace
from models.prowlarrs.indexers import ProwlarrIndexer
from models.yields.by_day import by_day
from models.yields.keys import household_day
from views.pictures.budget import BudgetPicture, budget_picture
from views.pictures.course import CoursePicture, course_picture
from views.pictures.days import DaysPicture, days_picture
from views.pictures.week import WeekPicture, week_picture
from views.web.kept import looks_alike, part
from views.web.render import render, unchanged, zone_of

POLL_ACTIVE, POLL_IDLE = 2, 15
DAYS = 30
# Of fewer answers the share that grabbed something says too little about the months to come.
LEAST_ANSWERS = 20


class Pictures(NamedTuple):
    """The pictures of the dashboard; without an instance there are none.

    `budgets` are the two budgets that `budget` shows.
    `health` is how each instance answered, by its id.
    `planned` is by how many the backlog shrinks a day by the plan.
    """

    days: DaysPicture
    course: Course
    planned: float | None
    ahead: CoursePicture
    budgets: list[Allowance]
    budget: BudgetPicture
    week: WeekPicture
    health: dict[int, list[Stretch]]


class Content(NamedTuple):
    """The dashboard without its frame; `active` while something goes on."""

    html: Markup
    active: bool


def show(request: Request) -> Response:
    at, rows = now(), Rows.now()
    faulty = failing()
    idle = why_idle()
    version = unchanged(request, moving(at, rows), [job.__data__ for _, job in faulty], idle)
    if version is None:
        return Response(status_code=204)
    alike = version, looks_alike(request)
    content: Content | None = request.app.state.kept.find(alike)
    if content is None:
        content = _content(request, rows, faulty, idle, at)
        # What counts down by the second is made anew each time.
        if not content.active:
            request.app.state.kept.keep(alike, content)
    return render(
        request,
        "dashboard/show.html",
        household=rows.household,
        content=content.html,
        active=content.active,
        poll=POLL_ACTIVE if content.active else POLL_IDLE,
        poll_url=f"/?seen={version}",
    )


def _content(
    request: Request,
    rows: Rows,
    faulty: list[tuple[JobDefinition, Job]],
    idle: str,
    at: datetime,
) -> Content:
    overview = Overview.at(at, rows)
    situation = Situation(
        household=rows.household,
        cards=overview.cards,
        instances=overview.instances,
        outcomes=overview.outcomes,
        stuck=overview.stuck,
        failing={definition.name: definition.title for definition, _ in faulty},
        idle=idle,
        silent=[
            each for each in ProwlarrIndexer.silent(at) if each.prowlarr.demo == overview.is_demo
        ],
    )
    html = part(
        request,
        "dashboard/content.html",
        rows.household,
        overview=overview,
        sentence=sentence(situation),
        failing=faulty,
        pictures=_pictures(overview, at, zone_of(request, rows.household)),
    )
    return Content(html, overview.active)


def _pictures(overview: Overview, at: datetime, zone: ZoneInfo) -> Pictures | None:
    if not (busiest := overview.busiest):
        return None
    demo = overview.is_demo
    today = household_day(at, overview.ledger.household)
    way = course(today, sum(overview.groups.values()), demo=demo, days=DAYS)
    days = days_picture(by_day(way.today, DAYS, demo=demo))
    plan = _planned(overview, way, days, at)
    of = busiest if demo else None
    budgets = overview.ledger.of_instance(busiest) if demo else overview.budgets
    return Pictures(
        days=days,
        course=way,
        planned=plan,
        ahead=course_picture(way, plan),
        budgets=budgets,
        budget=budget_picture(overview.ledger.hours(of), budgets[0].limit, at, zone),
        week=week_picture(week([card.queue for card in overview.cards], at), zone),
        health=last_day(overview.instances, at),
    )


def _planned(overview: Overview, way: Course, days: DaysPicture, at: datetime) -> float | None:
    """How many items the backlog loses a day by the plan; None before enough was answered."""
    running = [card for card in overview.cards if card.queue.runs_by_itself]
    if days.answered < LEAST_ANSWERS or not running:
        return None
    common = Common.now(overview.ledger.household, overview.tallies)
    paces = (Pace.of(card.queue, card.instances, common, at).a_day for card in running)
    return planned(way, sum(paces) * days.grabbed / days.answered, demo=overview.is_demo)
