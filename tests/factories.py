"""Valid bodies and values; a test states only what it changes."""

from copy import deepcopy
from typing import Any
from uuid import UUID

from shared.contracts.receipts import EXAMPLE_RECEIPT
from shared.keys import Caller, KeyKind

Body = dict[str, Any]


def make_receipt(**changes: Any) -> Body:
    """A sale of one coffee, as posted."""
    return deepcopy(EXAMPLE_RECEIPT) | changes


def make_line(**changes: Any) -> Body:
    """One line of a receipt, as posted."""
    line: Body = deepcopy(EXAMPLE_RECEIPT["lines"][0])
    return line | changes


def make_event(**changes: Any) -> Body:
    """A product looked at, as posted."""
    return {
        "event_id": "e-1",
        "type": "product_viewed",
        "occurred_at": "2026-11-21T12:20:00+08:00",
        "customer": {"customer_id": "c-1"},
        "properties": {"sku": "6927165"},
    } | changes


def make_caller(*scopes: str, kind: KeyKind = KeyKind.SECRET) -> Caller:
    """Whoever holds a key with these scopes."""
    return Caller(UUID(int=1), "test", frozenset(scopes), "till", kind)


def make_tier_answer(**changes: Any) -> Body:
    """The tier of a known customer, as answered."""
    return {
        "customer_id": "c-1",
        "known": True,
        "programme": "value",
        "programme_version": 3,
        "tier": {"key": "high", "rank": 2, "name": {"en": "High value", "zh": "高价值"}},
        "since": "2026-10-02T00:00:00Z",
        "valid_until": None,
        "status": "held",
        "lifecycle": "active",
        "progress": {"next": None, "keep": None},
        "reasons": [{"code": "value_rank", "text": {"en": "Spends much", "zh": "消费高"}}],
        "model_version": "2026-11-21-1",
        "release": "r-17",
        "as_of": "2026-11-22T01:00:00Z",
        "stale": False,
    } | changes
