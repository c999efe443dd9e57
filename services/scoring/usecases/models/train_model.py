"""Train the value model on the facts, register it, and put it into force."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

import asyncpg

from services.scoring.domain.days import CustomerDays, day_number
from services.scoring.domain.life.gate import judge
from services.scoring.domain.life.promotion import Order, PromotionPolicy, why_not
from services.scoring.errors import CannotTrain, ModelRefused
from services.scoring.model.artefact import Artefact, from_bytes, to_bytes
from services.scoring.model.backtests.document import Currency, rehearsal_of
from services.scoring.model.errors import ArtefactRefused, TrainingRefused
from services.scoring.model.learning.code_version import code_version
from services.scoring.model.learning.estimator_file import dump_estimators
from services.scoring.model.learning.gate import Current, measure_candidate
from services.scoring.model.learning.horizon import plan_for
from services.scoring.model.learning.plan import TrainingPlan
from services.scoring.model.learning.training import Trained, train
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.bases.whole_base import first_business_day
from services.scoring.queries.models import model_log
from services.scoring.queries.models.model_log import Entry
from services.scoring.queries.models.models import (
    SignedModel,
    add_model,
    live_version,
    next_version,
)
from services.scoring.queries.people.profiles import base_currency
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.models.hear_people import agreement, hear_people
from services.scoring.usecases.models.promote_model import Promoter, load_model
from services.scoring.usecases.releases.base_days import read_days
from services.scoring.usecases.releases.make_release import Report

_READ, _TRAINED, _JUDGED = 0.1, 0.4, 0.6  # parts of the whole job


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trained model as it is registered, and the gate's verdict on it."""

    model: ValueModel
    signed: SignedModel
    verdict: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trainer:
    """What training needs: a patient pool, the signing key, the day, who promotes."""

    pool: asyncpg.Pool
    signing_key: bytes
    day: BusinessDay
    promoter: Promoter
    policy: PromotionPolicy = PromotionPolicy.AUTO

    async def train(self, report: Report, order: Order = Order()) -> dict[str, object]:  # noqa: B008 - immutable
        """Train on everything before today; promote what passes the gate. Raises CannotTrain."""
        made = await self._make(report, order)
        manifest, version = made.model.manifest, made.model.manifest.version
        await self._register(made, order)
        because = why_not(made.verdict, self.policy)
        released: dict[str, str] = {}
        if not because:
            released = await self.promoter.put_into_force(made.model, order, _late(report))
        return {
            "model_version": version,
            "kind": manifest.kind,
            "customers": manifest.customers,
            "metrics": manifest.metrics,
            "warnings": list(manifest.warnings),
            "gate": made.verdict,
            "promoted": not because,
            "because": because,
            "releases": released,
        }

    async def promote(
        self,
        version: str,
        report: Report,
        order: Order = Order(),  # noqa: B008 - immutable
    ) -> dict[str, object]:
        """Put a registered model into force; raises UnknownModel, ModelRefused, GateFailed."""
        released = await self.promoter.promote(version, order, _late(report))
        return {"model_version": version, "releases": released}

    async def _make(self, report: Report, order: Order) -> Candidate:
        on = self.day.moment().today
        await report(0.0, "reading the purchases")
        days = await read_days(self.pool, on)
        start = await first_business_day(self.pool)
        if start is None or start >= on:
            raise CannotTrain("There are no purchases before today.")
        version = await next_version(self.pool, on)
        current = await self._current()
        try:
            plan = await asyncio.to_thread(plan_for, days, day_number(start), day_number(on))
            trained = await self._fit(days, plan, version, report)
            code = await base_currency(self.pool)
            made = await asyncio.to_thread(self._judge, days, plan, trained, current)
            made = await asyncio.to_thread(_with_rehearsal, made, trained, Currency.of(code))
            return await self._with_judgements(made, days, current)
        except TrainingRefused as error:
            entry = Entry(model_log.TRAINING_REFUSED, order.actor, details={"because": str(error)})
            await model_log.add_entry(self.pool, version, entry)
            raise CannotTrain(str(error)) from error

    async def _with_judgements(
        self, made: Candidate, days: CustomerDays, current: Current | None
    ) -> Candidate:
        """Add how the model agrees with people's decisions on disputed tiers."""
        moment = self.day.moment()
        heard = await hear_people(self.pool, days, moment.today, moment.now)
        live = None if current is None else (current.version, current.model)
        found = await agreement(heard, made.model, live)
        told = None if found is None else found.model_dump(mode="json")
        metrics = {**made.signed.metrics, "judgements": told}
        return replace(made, signed=replace(made.signed, metrics=metrics))

    async def _current(self) -> Current | None:
        """Load the model in force in the default programme; one that is refused still counts."""
        version = await live_version(self.pool)
        if version is None:
            return None
        try:
            return Current(version, await load_model(self.pool, version, self.signing_key))
        except ModelRefused as refused:
            return Current(version, None, refused.reason)

    async def _fit(
        self, days: CustomerDays, plan: TrainingPlan, version: str, report: Report
    ) -> Trained:
        loop = asyncio.get_running_loop()

        def progress(done: float, text: str) -> None:
            share = _READ + (_TRAINED - _READ) * done
            asyncio.run_coroutine_threadsafe(_reported(report, share, text), loop).result()

        def fit() -> Trained:
            now = self.day.moment().now
            made = train(days, plan, version=version, created_at=now, progress=progress)
            manifest = replace(made.model.manifest, code_version=code_version())
            return replace(made, model=replace(made.model, manifest=manifest))

        trained = await asyncio.to_thread(fit)
        await report(_TRAINED, "comparing with what is in force")
        return trained

    def _judge(
        self, days: CustomerDays, plan: TrainingPlan, trained: Trained, current: Current | None
    ) -> Candidate:
        artefact, loaded = _packed(trained, self.signing_key)
        verdict = judge(measure_candidate(days, plan, trained, loaded, current)).document()
        return Candidate(loaded, _signed(trained, artefact, self.signing_key, verdict), verdict)

    async def _register(self, made: Candidate, order: Order) -> None:
        version, is_passed = made.signed.version, made.verdict["passed"]
        judged = model_log.GATE_PASSED if is_passed else model_log.GATE_FAILED
        found = {"checks": [c["name"] for c in made.verdict["checks"] if not c["passed"]]}
        async with self.pool.acquire() as connection, connection.transaction():
            await add_model(connection, made.signed)
            for entry in (
                Entry(model_log.TRAINED, order.actor, order.reason),
                Entry(judged, order.actor, details=found),
            ):
                await model_log.add_entry(connection, version, entry)


def _with_rehearsal(made: Candidate, trained: Trained, currency: Currency) -> Candidate:
    """Add what the rehearsal measured: the model's own backtest, until another is asked for."""
    found = rehearsal_of(trained, trained.model.manifest.created_at, currency)
    metrics = {**made.signed.metrics, **found.model_dump(mode="json")}
    return replace(made, signed=replace(made.signed, metrics=metrics))


def _late(report: Report) -> Report:
    """Report the release's progress as the last part of the whole job's."""

    async def later(done: float, text: str) -> None:
        await report(_JUDGED + (1 - _JUDGED) * done, text)

    return later


async def _reported(report: Report, share: float, text: str) -> None:
    await report(share, text)


def _packed(trained: Trained, key: bytes) -> tuple[Artefact, ValueModel]:
    """Write a model and read it back; raises TrainingRefused where that fails."""
    try:
        artefact = to_bytes(trained.model, key)
        return artefact, from_bytes(artefact.content, key, sha256=artefact.sha256)
    except (ArtefactRefused, ValueError) as error:  # JSON knows no NaN
        raise TrainingRefused(f"The trained model cannot be kept: {error}") from error


def _signed(
    trained: Trained, artefact: Artefact, key: bytes, verdict: dict[str, Any]
) -> SignedModel:
    manifest = trained.model.manifest
    written = json.loads(json.dumps(asdict(manifest), default=str))
    return SignedModel(
        version=manifest.version,
        manifest={
            **written,
            "sha256": artefact.sha256,
            "indices": trained.model.indices.figures(),
        },
        artefact=artefact.content,
        training_artefact=dump_estimators(trained.fitted, key),
        metrics=manifest.metrics,
        gate=verdict,
    )
