"""What reading an item depends on, for tests that have no database."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.ingest.usecases.read_items import Reading
from shared.secrets import Secrets

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
SECRETS = Secrets.from_hex("5e" * 32)
_READING = Reading(
    source_id="till",
    order_namespace="till",
    is_authoritative=True,
    now=NOW,
    base_currency="CNY",
    zones={"sh": ZoneInfo("Asia/Shanghai")},
    shop_zone=ZoneInfo("UTC"),
    secrets=SECRETS,
)


def make_reading(**changes: Any) -> Reading:
    """A shop in UTC that counts in CNY, with one store in Shanghai."""
    return replace(_READING, **changes)
