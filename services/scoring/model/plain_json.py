"""Writes arrays and curves as JSON's own types, and reads back nothing odd."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np

from services.scoring.domain.features import FEATURES
from services.scoring.model.curves import Curves, FloatArray

_MOST_SEGMENTS = 100


def plain(value: Any) -> Any:
    """Turn arrays, dates and tuples into JSON's own types."""
    match value:
        case np.ndarray():
            return value.tolist()
        case dict():
            return {name: plain(item) for name, item in value.items()}
        case tuple():
            return [plain(item) for item in value]
        case date():  # datetime is one too
            return value.isoformat()
        case np.generic():
            return value.item()
        case _:
            return value


def named_curves(curves: Curves, columns: tuple[int, ...]) -> dict[str, Any]:
    """Write curves with the names and windows of their features."""
    used = [FEATURES[column] for column in columns]
    return {
        "features": [feature.name for feature in used],
        "windows": [feature.window_days for feature in used],
        **plain(asdict(curves)),
    }


def read_curves(found: Mapping[str, Any]) -> tuple[tuple[int, ...], Curves]:
    """Read the columns of FEATURES and their curves; raises ValueError, TypeError, LookupError."""
    names = [feature.name for feature in FEATURES]
    columns = tuple(names.index(name) for name in found["features"])
    if found["windows"] != [FEATURES[column].window_days for column in columns]:
        raise ValueError("windows differ from the features'")
    features, segments = len(columns), len(found["heights"][0]) - 1
    if not 1 <= segments <= _MOST_SEGMENTS:
        raise ValueError("curves have no segments or too many")
    curves = Curves(
        units=read_array(found["units"], (features,), is_positive=True),
        low=read_array(found["low"], (features,)),
        step=read_array(found["step"], (features,), is_positive=True),
        heights=read_array(found["heights"], (features, segments + 1)),
        intercept=read_number(found["intercept"], lambda _: True),
    )
    return columns, curves


def read_array(values: object, shape: tuple[int, ...], *, is_positive: bool = False) -> FloatArray:
    """Read finite numbers of one shape; raises ValueError."""
    array = np.array(values, dtype=np.float64)
    if array.shape != shape:
        raise ValueError(f"an array has shape {array.shape}, not {shape}")
    if not np.isfinite(array).all() or (is_positive and (array <= 0).any()):
        raise ValueError("an array holds numbers out of range")
    return array


def read_number(value: object, accepts: Callable[[float], bool]) -> float:
    """Read one finite number within its range; raises TypeError or ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"a {type(value).__name__} stands for a number")
    if not np.isfinite(value) or not accepts(float(value)):
        raise ValueError("a number is out of range")
    return float(value)
