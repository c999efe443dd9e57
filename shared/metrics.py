"""Counters and durations by route template, cheap enough for every request."""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from starlette.responses import Response

# A tier read is a few milliseconds, a batch of receipts a few hundred.
_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """The measures of one process; services add their own to `registry`."""

    __slots__ = ("_counters", "_requests", "_seconds", "_timers", "registry")

    def __init__(self) -> None:
        """Start from zero, in a registry of its own: two apps in one test do not clash."""
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "tierline_http_requests",
            "Requests answered",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "tierline_http_request_seconds",
            "Time to the last byte of an answer",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        # labels() takes a lock and builds a tuple of texts (3 us); a dict look-up does not.
        self._counters: dict[tuple[str, str, int], Counter] = {}
        self._timers: dict[tuple[str, str], Histogram] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        counter = self._counters.get((method, route, status))
        if counter is None:
            counter = self._requests.labels(method, route, str(status))
            self._counters[method, route, status] = counter
        timer = self._timers.get((method, route))
        if timer is None:
            timer = self._timers[method, route] = self._seconds.labels(method, route)
        counter.inc()
        timer.observe(seconds)

    def exposition(self) -> Response:
        """Answer in the Prometheus text format."""
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)
