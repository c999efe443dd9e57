"""Train the value model on the facts, register it, and put it into force."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

import asyncpg
import numpy as np

from services.scoring.domain.days import COLUMNS, CustomerDays, day_number, pack_days
from services.scoring.domain.programme import value_programme
from services.scoring.errors import CannotTrain, UnknownModel
from services.scoring.model.artefact import from_bytes, to_bytes
from services.scoring.model.errors import TrainingRefused
from services.scoring.model.estimator_file import dump_estimators
from services.scoring.model.plan import plan_training
from services.scoring.model.training import Trained, train
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.models import SignedModel, add_model, find_artefact, next_version
from services.scoring.queries.releases import programmes
from services.scoring.queries.whole_base import Span, first_business_day, read_base
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.make_release import ReleaseMaker, Report

_READ, _TRAINED = 0.15, 0.6  # parts of the whole job


@dataclass(frozen=True, slots=True)
class Trainer:
    """What training needs: a patient pool, the signing key, the day, who makes releases."""

    pool: asyncpg.Pool
    signing_key: bytes
    day: BusinessDay
    releases: ReleaseMaker

    async def train(self, report: Report) -> dict[str, object]:
        """Train on everything before today and release the model; raises CannotTrain."""
        on = self.day.moment().today
        await report(0.0, "reading the purchases")
        days = await self._days(on)
        start = await first_business_day(self.pool)
        if start is None or start >= on:
            raise CannotTrain("There are no purchases before today.")
        version = await next_version(self.pool, on)
        trained = await self._fit(days, (start, on), version, report)
        await add_model(self.pool, _signed(trained, self.signing_key))
        released = await self._release(trained.model, report)
        manifest = trained.model.manifest
        return {
            "model_version": version,
            "kind": manifest.kind,
            "customers": manifest.customers,
            "metrics": manifest.metrics,
            "warnings": list(manifest.warnings),
            "releases": released,
        }

    async def promote(self, version: str, report: Report) -> dict[str, object]:
        """Put a registered model into force; raises UnknownModel."""
        found = await find_artefact(self.pool, version)
        if found is None:
            raise UnknownModel
        model = from_bytes(found[0], self.signing_key, sha256=found[1])
        return {"model_version": version, "releases": await self._release(model, report)}

    async def _days(self, today: date) -> CustomerDays:
        # No programme, no release: only the facts are wanted.
        span = Span(today, today, "", 0)
        return join_days([chunk.days async for chunk in read_base(self.pool, span)])

    async def _fit(
        self, days: CustomerDays, between: tuple[date, date], version: str, report: Report
    ) -> Trained:
        loop = asyncio.get_running_loop()

        def progress(done: float, text: str) -> None:
            share = _READ + (_TRAINED - _READ) * done
            asyncio.run_coroutine_threadsafe(_reported(report, share, text), loop).result()

        def fit() -> Trained:
            plan = plan_training(*map(day_number, between))
            now = self.day.moment().now
            return train(days, plan, version=version, created_at=now, progress=progress)

        try:
            return await asyncio.to_thread(fit)
        except TrainingRefused as error:
            raise CannotTrain(str(error)) from error

    async def _release(self, model: ValueModel, report: Report) -> dict[str, str]:
        async def later(done: float, text: str) -> None:
            await report(_TRAINED + (1 - _TRAINED) * done, text)

        made: dict[str, str] = {}
        for row in await programmes(self.pool):
            if row.document.get("kind") == "value":
                programme = value_programme(row.programme_key, row.version, row.document)
                made[row.programme_key] = (
                    f"r-{await self.releases.release(programme, model, later)}"
                )
        return made


async def _reported(report: Report, share: float, text: str) -> None:
    await report(share, text)


def join_days(parts: Sequence[CustomerDays]) -> CustomerDays:
    """Put the customers of several parts one after another."""
    if not parts:
        return pack_days(np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int32))
    counts = np.concatenate([np.diff(part.offsets) for part in parts])
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
    return pack_days(
        np.concatenate(([0], np.cumsum(counts))),
        np.concatenate([part.date for part in parts]),
        **columns,
    )


def _signed(trained: Trained, key: bytes) -> SignedModel:
    manifest = trained.model.manifest
    artefact = to_bytes(trained.model, key)
    written = json.loads(json.dumps(asdict(manifest), default=str))
    return SignedModel(
        version=manifest.version,
        manifest={**written, "sha256": artefact.sha256},
        artefact=artefact.content,
        training_artefact=dump_estimators(trained.fitted, key),
        metrics=manifest.metrics,
    )
