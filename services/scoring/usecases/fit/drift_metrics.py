"""How the model stands, and what the shadow did, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import asyncpg
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from services.scoring.domain.life.drift import Status
from services.scoring.queries.models.drift import latest_report
from services.scoring.queries.models.models import live_version
from services.scoring.usecases.fit.shadow_recorder import Recorder

#: Everything that is neither steady nor worse is -1: no model, or too early to say.
STATUS_NUMBERS: Final[Mapping[str, int]] = {Status.STEADY: 0, Status.WATCH: 1, Status.ALARM: 2}
UNKNOWN: Final = -1
_STATUS: Final = "Model drift: 0 steady, 1 watch, 2 alarm, -1 unknown"
_PSI: Final = "Largest population stability index of what is judged"
_RATIO: Final = "Spent over predicted, of the last horizon that has passed"


class DriftMetrics(Collector):
    """Tells the newest report and the counts of this process's recorder."""

    def __init__(self, pool: asyncpg.Pool, recorder: Recorder) -> None:
        """Take where reports are and who records."""
        self._pool = pool
        self._recorder = recorder
        self._document: Mapping[str, Any] = {}

    async def refresh(self) -> bool:
        """Read the newest report of the live model."""
        version = await live_version(self._pool)
        report = None if version is None else await latest_report(self._pool, version)
        self._document = {} if report is None else report.document
        return False

    @override
    def collect(self) -> Iterator[Metric]:
        """Give every measure; a figure there is none of yet is left out."""
        found = self._document
        status = STATUS_NUMBERS.get(found.get("status", ""), UNKNOWN)
        yield GaugeMetricFamily("tierline_model_drift_status", _STATUS, status)
        if (psi := found.get("psi_max")) is not None:
            yield GaugeMetricFamily("tierline_model_psi_max", _PSI, psi)
        if (realised := found.get("realised")) is not None:
            yield GaugeMetricFamily("tierline_model_realised_ratio", _RATIO, realised["ratio"])
        yield CounterMetricFamily(
            "tierline_shadow_scored", "Customers a challenger was scored for", self._recorder.scored
        )
        yield CounterMetricFamily(
            "tierline_shadow_dropped",
            "Customers a challenger was not scored for, as too many waited",
            self._recorder.dropped,
        )
