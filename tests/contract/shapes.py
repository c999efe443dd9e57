"""What two JSON answers have in common beside their values."""

from __future__ import annotations

from typing import Any

_NUMBER = "number"


def differences(shown: Any, given: Any, at: str = "") -> list[str]:
    """List the places where two answers differ in their fields or in the types of values.

    Null stands for what may be missing, an empty list for one of any items; of lists the first
    items are compared.
    """
    if shown is None or given is None:
        return []
    if isinstance(shown, dict) and isinstance(given, dict):
        odd = [f"{at}/{key}" for key in sorted(shown.keys() ^ given.keys())]
        both = shown.keys() & given.keys()
        return odd + [
            one for key in both for one in differences(shown[key], given[key], f"{at}/{key}")
        ]
    if isinstance(shown, list) and isinstance(given, list):
        return differences(shown[0], given[0], f"{at}/0") if shown and given else []
    return [] if _kind(shown) == _kind(given) else [at]


def _kind(value: Any) -> str:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return _NUMBER if is_number else type(value).__name__
