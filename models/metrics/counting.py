"""What this process counts in memory, from its start on."""

from threading import Lock

from models.metrics.histograms import Histogram

REQUEST_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
RUN_SECONDS = (1.0, 10.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0)
NO_ANSWER = "none"
CODE_CLASSES = ("2xx", "3xx", "4xx", "5xx", NO_ANSWER)


class ProcessCounts:
    """Counts requests by instance id, and runs. Any thread may count, and any may read."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.requests: dict[tuple[int, str], int] = {}
        self.waits: dict[int, Histogram] = {}
        self.runs = Histogram.empty(RUN_SECONDS)

    def request(self, instance_id: int, seconds: float | None, status: int | None) -> None:
        """`seconds` until the answer began, None for silence; `status` is of the answer."""
        code = f"{status // 100}xx" if status else NO_ANSWER
        key = instance_id, code if code in CODE_CLASSES else NO_ANSWER
        with self._lock:
            self.requests[key] = self.requests.get(key, 0) + 1
            if seconds is not None:
                known = self.waits.get(instance_id) or Histogram.empty(REQUEST_SECONDS)
                self.waits[instance_id] = known.plus(seconds)

    def run(self, seconds: float) -> None:
        with self._lock:
            self.runs = self.runs.plus(max(seconds, 0.0))


# Of the process, as its engine may begin anew.
COUNTS = ProcessCounts()
