"""What an event tells of a consent."""

from collections.abc import Mapping
from typing import Any, Final

CONSENT_CHANGED: Final = "consent_changed"
PURPOSES: Final = frozenset({"service", "personalisation", "marketing"})


def told_consent(kind: str, extra: Mapping[str, Any]) -> tuple[str, bool] | None:
    """Return purpose and answer of a change of consent; None for any other event."""
    if kind != CONSENT_CHANGED:
        return None
    properties = extra.get("properties") or {}
    purpose, granted = properties.get("purpose"), properties.get("granted")
    if purpose not in PURPOSES or not isinstance(granted, bool):
        return None
    return purpose, granted
