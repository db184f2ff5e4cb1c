"""The yield: what the searches brought."""

from typing import Literal

import msgspec

from models.database import database
from models.forms import Form
from models.yields.lines import YieldLine
from models.yields.report import YieldReport
from models.yields.report import read as report_of
from views.api.endpoints import Call, read
from views.web.limits import A_BACKLOG


class YieldQuery(Form):
    """The period and the library to look at."""

    period: Literal["7", "30", "90", "year", "all"] = "30"
    library: Literal["real", "demo"] = "real"


class YieldLineAnswer(msgspec.Struct, frozen=True):
    """The figures of one key of one dimension; `rate` is a share of 1, null without an answer."""

    key: str
    label: str
    searches: int
    grabbed: int
    nothing: int
    no_indexer: int
    failed: int
    unknown: int
    imported: int
    import_failed: int
    import_ignored: int
    rate: float | None
    import_rate: float | None


class YieldAnswer(msgspec.Struct, frozen=True):
    """What the searches of a period brought, in total and by dimension.

    `left_by_us` and `left_otherwise` are items that left the wanted lists.
    """

    period: str
    demo: bool
    total: YieldLineAnswer
    by: dict[str, list[YieldLineAnswer]]
    left_by_us: int
    left_otherwise: int


@read("/yield", answer=YieldAnswer, scope="totals", asked=YieldQuery, limit=A_BACKLOG)
async def show(call: Call) -> YieldAnswer:
    """Shows what the searches of a period brought."""
    asked: YieldQuery = call.asked
    demo = asked.library == "demo"
    report: YieldReport = await database.aside(lambda: report_of(asked.period, call.at, demo=demo))
    return YieldAnswer(
        period=report.period,
        demo=report.demo,
        total=_line(report.total),
        by={name: [_line(each) for each in lines] for name, lines in report.tables.items()},
        left_by_us=report.ours,
        left_otherwise=report.others,
    )


def _line(line: YieldLine) -> YieldLineAnswer:
    return YieldLineAnswer(
        key=line.key,
        label=line.label,
        searches=line.searches,
        grabbed=line.grabbed,
        nothing=line.nothing,
        no_indexer=line.no_indexer,
        failed=line.failed,
        unknown=line.unknown,
        imported=line.imported,
        import_failed=line.import_failed,
        import_ignored=line.import_ignored,
        rate=line.rate,
        import_rate=line.import_rate,
    )
