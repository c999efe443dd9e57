"""A model's card: what it is, made from what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from services.scoring.domain.features import FEATURE_NAMES
from services.scoring.model.backtests import report_words as words
from services.scoring.model.value_model import ValueModel
from shared.contracts import backtest as wire


def card_of(model: ValueModel) -> wire.ModelCard:
    """Write what a model is."""
    used = sorted({*model.columns, *model.buy_columns})
    features = [FEATURE_NAMES[column] for column in used]
    return card_from(asdict(model.manifest), features)


def card_from(manifest: Mapping[str, Any], features: Iterable[str] = ()) -> wire.ModelCard:
    """Write a manifest, as it is or as it is stored."""
    start, end = (_day(manifest[name]) for name in ("trained_from", "trained_until"))
    return wire.ModelCard(
        kind=manifest["kind"],
        horizon_days=manifest["horizon_days"],
        horizon_reason=words.horizon_reason(
            manifest["horizon_days"], (end - start).days, manifest["warnings"]
        ),
        trained_from=start,
        trained_until=end,
        cutoffs=sorted(map(_day, manifest["cutoffs"])),
        customers=manifest["customers"],
        rows=manifest["rows"],
        features=list(features),
        feature_hash=manifest["feature_hash"],
        code_version=manifest.get("code_version"),
    )


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
