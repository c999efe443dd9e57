"""The jobs of scoring by kind: training and promotion."""

from __future__ import annotations

from collections.abc import Mapping

from services.scoring.domain.job_kinds import PROMOTE, TRAIN
from services.scoring.usecases.train_model import Trainer
from shared.job_runner import JobHandler, Report
from shared.jobs import Job


def handlers(trainer: Trainer) -> Mapping[str, JobHandler]:
    """Say who does each kind of job."""

    async def train(_: Job, report: Report) -> Mapping[str, object]:
        return await trainer.train(report)

    async def promote(job: Job, report: Report) -> Mapping[str, object]:
        return await trainer.promote(str(job.arguments["model_version"]), report)

    return {TRAIN: train, PROMOTE: promote}
