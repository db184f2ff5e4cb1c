"""Password hashing off the event loop."""

import asyncio
import threading
import time

from views.web.hashing import aside


async def test_one_is_hashed_at_a_time_and_never_on_the_loop() -> None:
    busy: list[str] = []

    def work(number: int) -> int:
        busy.append("begun")
        assert busy.count("begun") - busy.count("ended") == 1
        time.sleep(0.01)
        busy.append("ended")
        assert threading.current_thread() is not threading.main_thread()
        return number

    assert await asyncio.gather(*(aside(work, number) for number in range(5))) == list(range(5))
