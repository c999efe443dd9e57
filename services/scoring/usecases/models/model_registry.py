"""Look at models, and ask for one to be trained or put into force in the background."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from services.scoring.domain.life.job_kinds import PROMOTE, TRAIN
from services.scoring.domain.life.promotion import Order
from services.scoring.domain.records import ModelEvent, ModelRow
from services.scoring.errors import UnknownModel
from services.scoring.queries.models import model_jobs, model_log, models
from services.scoring.usecases.models.promote_model import load_or_reject, require_passed
from shared import jobs
from shared.idempotency import Answer, Asked, idempotently


@dataclass(frozen=True, slots=True)
class ModelLife:
    """A model, the verdict on it, and what happened to it, the latest first."""

    row: ModelRow
    events: list[ModelEvent]


async def all_models(pool: asyncpg.Pool) -> list[ModelRow]:
    """List the models, the newest first."""
    return await models.list_models(pool)


async def one_model(pool: asyncpg.Pool, version: str) -> ModelLife:
    """Tell everything about a model; raises UnknownModel."""
    row = await models.find_model(pool, version)
    if row is None:
        raise UnknownModel
    return ModelLife(row, await model_log.events_of(pool, version))


async def ask_for_training(pool: asyncpg.Pool, asked: Asked) -> Answer:
    """Ask for a training, or join the one that is under way."""

    async def enqueue(connection: asyncpg.Connection) -> Mapping[str, Any]:
        await model_jobs.hold_line(connection)
        running = await jobs.newest_open(connection, TRAIN)
        arguments = {"actor": asked.caller.name}
        job_id = running.job_id if running else await jobs.enqueue(connection, TRAIN, arguments)
        return {"job_id": str(job_id), "status": "queued"}

    return await idempotently(pool, asked, enqueue)


async def ask_for_promotion(
    pool: asyncpg.Pool, version: str, order: Order, asked: Asked, *, key: bytes
) -> Answer:
    """Ask for a model to be put into force, or join who asked the same and is not done.

    Raises UnknownModel, ModelRefused, GateFailed.
    """
    row = await models.find_model(pool, version)
    if row is None:
        raise UnknownModel
    await load_or_reject(pool, version, key, order)
    require_passed(row.gate, order)

    async def enqueue(connection: asyncpg.Connection) -> Mapping[str, Any]:
        await model_jobs.hold_line(connection)
        job_id = await model_jobs.open_promotion(connection, version)
        if job_id is None:
            arguments = {
                "model_version": version,
                "actor": order.actor,
                "reason": order.reason,
                "override": order.overrides,
            }
            job_id = await jobs.enqueue(connection, PROMOTE, arguments)
        return {"job_id": str(job_id), "status": "queued"}

    return await idempotently(pool, asked, enqueue)
