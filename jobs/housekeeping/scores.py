"""Reads custom-format scores, a little at a time."""

import asyncio

from jobs.engine import Engine
from jobs.scans import scan
from jobs.wording import counted
from models.instances import Instance
from models.jobs import JobReport


async def read_scores(engine: Engine) -> JobReport:
    """Goes on with the scan of each instance; fails if no instance could tell."""
    instances = list(Instance.enabled().where(Instance.fault.is_null()))
    tasks = [engine.spawn(f"scores-{each.id}", scan(engine, each)) for each in instances]
    faults = [fault.sentence for fault in await asyncio.gather(*tasks) if fault]
    well = len(instances) - len(faults)
    said = " ".join([f"Went on with {counted(well, 'instance')}.", *dict.fromkeys(faults)])
    return JobReport(said, "failed" if faults and not well else "done")
