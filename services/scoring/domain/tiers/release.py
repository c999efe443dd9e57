"""A release: the immutable snapshot that every decision of one programme rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.tiers.answer import AnswerPrinter
from services.scoring.domain.tiers.programme import ValueProgramme
from services.scoring.domain.tiers.timeline import Rules


class Explained(Protocol):
    """Parts of the log score: `parts` (n_rows, n_features_used), one group a column."""

    @property
    def groups(self) -> tuple[str, ...]:
        """Name each column's word group."""
        ...

    @property
    def parts(self) -> NDArray[np.float64]:
        """Give each row's parts, relative to the median customer."""
        ...


class ServedModel(Protocol):
    """The value model as decisions use it."""

    @property
    def columns(self) -> tuple[int, ...]:
        """Name the features it reads, by their positions in FEATURES; one may come twice."""
        ...

    @property
    def months(self) -> tuple[float, ...]:
        """Give the factors its features are freed of, January first; empty without a season."""
        ...

    def raw_score(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Predict relative spend: (n,), > 0."""
        ...

    def explain(self, X: NDArray[Any]) -> Explained:
        """Split each row's log score into parts."""
        ...


@dataclass(frozen=True, slots=True)
class Release:
    """A programme version with a model and cuts, as one process keeps it.

    `history_start` is the first day number the model knows; rates are not spread before it.
    """

    release_id: int
    programme: ValueProgramme
    model_version: str
    model: ServedModel
    history_start: int
    rules: Rules
    reference_date: date
    printer: AnswerPrinter
