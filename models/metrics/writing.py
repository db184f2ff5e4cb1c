"""Writes metrics in the format that was asked for."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from models.late import late
from models.metrics import FAMILIES, Labels, MetricFamily, Samples, Value
from models.metrics.histograms import Histogram


def written(samples: Samples, accepted: str) -> tuple[bytes, str]:
    """The text and its content type, by an Accept header. It works for some milliseconds."""
    encode, content_type = _library().exposition.choose_encoder(accepted)
    return encode(Registry(samples)), content_type


def _library() -> Any:
    return late("prometheus_client")


class Registry:
    """What the library collects from: our families, and those of the process."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def collect(self) -> Iterator[Any]:
        yield from _process().collect()
        for name, values in self._samples.of.items():
            yield _family(name, FAMILIES[name], values.items())


@cache
def _process() -> Any:
    """Memory, processor time and open files of this process, as the library names them."""
    return _library().ProcessCollector(registry=None)


def _family(name: str, about: MetricFamily, values: Iterable[tuple[Labels, Value]]) -> Any:
    base = name.removesuffix("_total") if about.kind == "counter" else name
    family = _library().Metric(base, about.words, about.kind)
    for texts, value in values:
        labels = dict(zip(about.labels, texts, strict=True))
        if isinstance(value, Histogram):
            for bound, count in value.buckets:
                family.add_sample(f"{name}_bucket", labels | {"le": bound}, count)
            family.add_sample(f"{name}_count", labels, sum(value.counts))
            family.add_sample(f"{name}_sum", labels, value.total)
        else:
            family.add_sample(name, labels, value)
    return family
