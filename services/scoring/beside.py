"""What the service does beside answering: it records a challenger and keeps its measures fresh."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from prometheus_client import CollectorRegistry

from services.scoring.usecases.fit.drift_metrics import DriftMetrics
from services.scoring.usecases.fit.shadow_recorder import Recorder
from shared.logs import logger
from shared.loops import Loop, run_loops

_FLUSHED_EVERY_S: Final = 1.0
_MEASURED_EVERY_S: Final = 30.0
# A challenger's last seconds are worth no wait at the end.
_GRACE_S: Final = 2.0


@asynccontextmanager
async def beside(
    recorder: Recorder,
    metrics: DriftMetrics,
    registry: CollectorRegistry,
    more: Sequence[Loop] = (),
) -> AsyncIterator[None]:
    """Run it until the service stops; what fails is logged and tried again later."""
    stop = asyncio.Event()
    loops = [
        Loop("scoring.shadow", _FLUSHED_EVERY_S, recorder.flush),
        Loop("scoring.measures", _MEASURED_EVERY_S, metrics.refresh),
        *more,
    ]
    registry.register(metrics)
    running = asyncio.create_task(run_loops(loops, stop, logger("scoring"), grace_s=_GRACE_S))
    try:
        yield
    finally:
        stop.set()
        await running
        registry.unregister(metrics)
