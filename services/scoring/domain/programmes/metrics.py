"""Qualifying metrics: what a customer's orders add up to, and how thresholds are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from services.scoring.domain.programmes.currencies import CURRENCIES
from services.scoring.domain.programmes.shapes import MOST

MONEY: Final = ("spend", "margin")
COUNTS: Final = ("orders", "days")
#: Kept in thousandths.
QUANTITY: Final = "quantity"
METRICS: Final = (*MONEY, QUANTITY, *COUNTS)

_DECIMAL: Final = re.compile(r"(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,4}))?", re.ASCII)


def decimals_of(metric: str, currency: object) -> int:
    """Tell how many decimals a metric's amounts have; an unknown currency counts as one of two."""
    if metric in MONEY:
        return CURRENCIES.get(currency, 2) if isinstance(currency, str) else 2
    return 3 if metric == QUANTITY else 0


def is_decimal(metric: str) -> bool:
    """Tell whether amounts of a metric are decimal texts; of the others they are whole numbers."""
    return metric in MONEY or metric == QUANTITY


def scaled(text: str, decimals: int) -> int | None:
    """Read a decimal text as an integer of 10**-decimals; None if it is none or too large."""
    match = _DECIMAL.fullmatch(text)
    if match is None or len(match[2] or "") > decimals:
        return None
    value = int(match[1] + (match[2] or "").ljust(decimals, "0"))
    return value if value <= MOST else None


def offered(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the metrics a document's rules may use: the built-in ones and its own."""
    own = document.get("metrics")
    return (*METRICS, *own) if isinstance(own, dict) else METRICS
