"""List models, and ask for one to be trained or put into force in the background."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from services.scoring.domain.job_kinds import PROMOTE, TRAIN
from services.scoring.domain.records import ModelRow
from services.scoring.errors import UnknownModel
from services.scoring.queries import models
from shared import jobs


async def all_models(pool: asyncpg.Pool) -> list[ModelRow]:
    """List the models, the newest first."""
    return await models.list_models(pool)


async def ask_for_training(pool: asyncpg.Pool) -> UUID:
    """Ask for a training, or join the one that is under way."""
    running = await jobs.newest_open(pool, TRAIN)
    return running.job_id if running else await jobs.enqueue(pool, TRAIN, {})


async def ask_for_promotion(pool: asyncpg.Pool, version: str) -> UUID:
    """Ask for a model to be put into force; raises UnknownModel."""
    if await models.find_artefact(pool, version) is None:
        raise UnknownModel
    return await jobs.enqueue(pool, PROMOTE, {"model_version": version})
