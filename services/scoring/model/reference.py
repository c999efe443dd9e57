"""How features and scores lay when a model was trained: what drift is measured against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.scoring.model.curves import FloatArray


@dataclass(frozen=True, slots=True)
class Reference:
    """Quantile bins of features and score."""

    def document(self) -> dict[str, Any]:
        """Write it as JSON values."""
        return {}


EMPTY: Final = Reference()


def reference_of(X: FloatArray, columns: tuple[int, ...], raw: FloatArray) -> Reference:
    """Bin the features a model uses, and its raw scores: X (n, n_features), raw (n,)."""
    del X, columns, raw
    return EMPTY


def read(document: Mapping[str, Any]) -> Reference:
    """Read what `document` wrote; raises ValueError for anything else."""
    if document:
        raise ValueError("reference are not empty")
    return EMPTY
