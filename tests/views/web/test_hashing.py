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


def test_threads_with_loops_of_their_own_wait_for_each_other() -> None:
    """As on a server, where each thread of the database runs the pages that it serves."""
    busy = threading.Lock()
    done: list[bool] = []

    def work() -> None:
        assert busy.acquire(blocking=False)
        time.sleep(0.01)
        busy.release()

    def serve() -> None:
        for _ in range(3):
            asyncio.run(aside(work))
            done.append(True)

    threads = [threading.Thread(target=serve, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(done) == 12
