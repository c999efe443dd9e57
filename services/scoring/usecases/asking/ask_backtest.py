"""Tell how right a model was: its latest backtest, else its rehearsal."""

from __future__ import annotations

import asyncpg

from services.scoring.errors import UnknownModel
from services.scoring.model.backtests.document import rehearsal_document
from services.scoring.model.backtests.report import render_report
from services.scoring.queries.models.evaluations import EvaluationRow, latest_evaluation
from shared.contracts.backtest import BacktestDocument


async def backtest_of(pool: asyncpg.Pool, version: str) -> BacktestDocument:
    """Give the figures of a model's latest evaluation; raises UnknownModel."""
    found = await latest_evaluation(pool, version)
    if found is None:
        raise UnknownModel
    return _document(found)


async def page_of(pool: asyncpg.Pool, version: str) -> bytes:
    """Give the page that was kept with it, else one drawn from it; raises UnknownModel."""
    found = await latest_evaluation(pool, version, with_page=True)
    if found is None:
        raise UnknownModel
    return found.page or render_report(_document(found)).encode()


def _document(found: EvaluationRow) -> BacktestDocument:
    """Read the stored document; flat figures of a training become a document without parts."""
    metrics = found.metrics or {}
    if "format" in metrics:
        return BacktestDocument.model_validate(metrics)
    return rehearsal_document(found.manifest, metrics, found.measured_at)
