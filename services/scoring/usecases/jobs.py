"""The jobs of scoring by kind: training and promotion."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from services.scoring.domain.job_kinds import PROMOTE, TRAIN
from services.scoring.usecases.train_model import Trainer
from shared.job_runner import JobHandler, Report
from shared.jobs import Job


def handlers(trainer: Trainer) -> Mapping[str, JobHandler]:
    """Say who does each kind of job."""

    async def train(job: Job, report: Report) -> Mapping[str, object]:
        on = job.arguments.get("business_date")
        return await trainer.train(report, today=date.fromisoformat(on) if on else None)

    async def promote(job: Job, report: Report) -> Mapping[str, object]:
        return await trainer.promote(str(job.arguments["model_version"]), report)

    return {TRAIN: train, PROMOTE: promote}
