"""What pages ask of value models: which there are, how right they are, whether they still fit."""

from urllib.parse import quote

from services.console.visiting.visit import Visit
from shared.contracts.backtest import BacktestDocument
from shared.contracts.drift import DriftReport
from shared.contracts.models import ModelDetail, ModelList, ModelSummary
from shared.contracts.stability import StabilityAnswer


async def list_models(visit: Visit) -> list[ModelSummary]:
    """List the models, the newest first."""
    return (await visit.scoring.get("/v1/models", ModelList)).items


async def one_model(visit: Visit, version: str) -> ModelDetail:
    """Give everything about a model."""
    return await visit.scoring.get(_of(version), ModelDetail)


async def backtest(visit: Visit, version: str) -> BacktestDocument:
    """Give how right a model was on dates it had not seen."""
    return await visit.scoring.get(f"{_of(version)}/backtest", BacktestDocument)


async def drift(visit: Visit) -> DriftReport:
    """Give whether the model in force still fits."""
    return await visit.scoring.get("/v1/models/drift", DriftReport)


async def stability(visit: Visit, programme: str) -> StabilityAnswer:
    """Give how steady a programme's tiers were in the last 90 days."""
    path = f"/v1/programmes/{quote(programme, safe='')}/stability"
    return await visit.scoring.get(path, StabilityAnswer)


def _of(version: str) -> str:
    return f"/v1/models/{quote(version, safe='')}"
