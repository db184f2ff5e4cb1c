"""Measures a start: the time to the first page, and the memory then."""

import time

from tests.bench.figures import Figure, median
from tests.bench.program import data_folder, program

TITLE = "Start"
STARTS = 5
SETTLED = 3


def measure() -> list[Figure]:
    firsts, agains, work, resident, proportional = [], [], [], [], []
    for _ in range(STARTS):
        with data_folder() as folder:
            with program(folder) as fresh:
                firsts.append(fresh.first_page)
                time.sleep(SETTLED)
                resident.append(fresh.resident())
                proportional.append(fresh.proportional())
            with program(folder) as again:
                agains.append(again.first_page)
                work.append(again.first_work)
    return [
        Figure("first start to first page, the database made", median(firsts), "s"),
        Figure("any later start to first page", median(agains), "s", 1),
        Figure("of it, processor time", median(work), "s"),
        Figure("memory when fresh (RSS)", median(resident), "MB", 85),
        Figure("memory when fresh (PSS)", median(proportional), "MB"),
    ]
