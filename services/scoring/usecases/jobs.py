"""The jobs of scoring by kind: training, promotion, publication, simulation, after a rollback."""

from __future__ import annotations

from collections.abc import Mapping

from services.scoring.domain.life.job_kinds import (
    BRING_UP,
    PROMOTE,
    PUBLISH,
    SIMULATE,
    TRAIN,
)
from services.scoring.domain.life.promotion import Order
from services.scoring.usecases.models.rollback import bring_up
from services.scoring.usecases.models.train_model import Trainer
from services.scoring.usecases.programmes.publisher import Publisher
from services.scoring.usecases.releases.sweep import Sweeper
from services.scoring.usecases.simulation.simulate import Order as ToSimulate
from services.scoring.usecases.simulation.simulate import Simulator
from shared.job_runner import JobHandler, Report
from shared.jobs import Job


def handlers(
    trainer: Trainer, sweeper: Sweeper, publisher: Publisher, simulator: Simulator
) -> Mapping[str, JobHandler]:
    """Say who does each kind of job."""

    async def train(job: Job, report: Report) -> Mapping[str, object]:
        return await trainer.train(report, order_of(job))

    async def promote(job: Job, report: Report) -> Mapping[str, object]:
        version = str(job.arguments["model_version"])
        return await trainer.promote(version, report, order_of(job))

    async def bring_up_to_date(job: Job, report: Report) -> Mapping[str, object]:
        releases, statuses = job.arguments["releases"], publisher.statuses
        return await bring_up(trainer.pool, sweeper, releases, report, statuses)

    async def publish(job: Job, report: Report) -> Mapping[str, object]:
        key, version = str(job.arguments["key"]), int(job.arguments["version"])
        return await publisher.publish(key, version, report)

    async def simulate(job: Job, report: Report) -> Mapping[str, object]:
        return await simulator.simulate(ToSimulate(**job.arguments), report)

    return {
        TRAIN: train,
        PROMOTE: promote,
        BRING_UP: bring_up_to_date,
        PUBLISH: publish,
        SIMULATE: simulate,
    }


def order_of(job: Job) -> Order:
    """Read who asked for a job and why; a job from before this was kept has nobody."""
    return Order(
        actor=str(job.arguments.get("actor", "tierline")),
        reason=str(job.arguments.get("reason", "")),
        overrides=job.arguments.get("override") is True,
    )
