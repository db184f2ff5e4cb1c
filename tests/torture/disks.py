"""Fills the disk again and again while the real program searches, and stops it there."""

import random
import time
from pathlib import Path

from tests.disks import NOT_ALLOWED, SmallDisk, small_disk
from tests.torture.home import Home
from tests.torture.ledger import Ledger
from tests.torture.program import GRACEFUL, NotServing, Program, servers

MEGABYTES = 30
INSTANCES = 3
# Seconds with and without room, from and to.
ROOM, FULL = (2.0, 6.0), (1.0, 4.0)
# Seconds in which what waited for room is written down.
AFTERWARDS = 20.0
# Seconds that the first start may take.
START_UP = 3.0


def torture(folder: Path, seed: int, times: int) -> list[str]:
    """The violations; the disk is filled so many times, and each second time it stops there."""
    if not times:
        return []
    with small_disk(folder, MEGABYTES) as disk:
        if disk is None:
            print(f"no disk was filled under the program: {NOT_ALLOWED}")
            return []
        return _torture(folder, disk, seed, times)


def _torture(folder: Path, disk: SmallDisk, seed: int, times: int) -> list[str]:
    rng, commands = random.Random(seed), folder / "commands-on-disk.jsonl"
    with servers(commands, seed, INSTANCES) as places:
        household = Home(disk.path, places)
        options = household.options
        program = Program(options.data_dir, folder / "full.log")
        scratch = folder / "copy-of-disk"
        scratch.mkdir()
        ledger = Ledger(options.database_path, household.keyring, scratch)
        took = START_UP
        try:
            for number in range(times):
                household.make_due(rng, took)
                took = program.start()
                time.sleep(rng.uniform(*ROOM))
                disk.fill()
                time.sleep(rng.uniform(*FULL))
                ledger.expect(program.answers(), "it does not answer on a full disk.")
                stops_full = number % 2 == 1
                if not stops_full:
                    disk.empty()
                    time.sleep(rng.uniform(*ROOM))
                ledger.expect(program.stop() in GRACEFUL, "a stop ended with another code.")
                disk.empty()
                ledger.after_kill()
            household.make_due(rng, took)
            program.start()
            time.sleep(AFTERWARDS)
            ledger.after_stop(program.stop() in GRACEFUL)
        except NotServing as error:
            return [*ledger.violations, f"the program did not start: {error}."]
        finally:
            program.kill()
        figures = ledger.at_the_end(commands)
    print(f"disk filled {times} times: {figures['searches']} searches, {figures['runs']}")
    if "Traceback" in program.log.read_text():
        ledger.violations.append(f"a full disk was no expected failure: see {program.log}.")
    return ledger.violations
