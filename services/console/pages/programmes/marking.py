"""Which field of a form a fault is marked at."""

from collections.abc import Collection


def field_for(fields: Collection[str], pointer: str) -> str | None:
    """Find the field of a place: its own, else the first inside it, else the nearest around it."""
    if pointer in fields:
        return pointer
    inside = [each for each in fields if each.startswith(f"{pointer}/")]
    if inside and pointer:
        return inside[0]
    around = [each for each in fields if pointer.startswith(f"{each}/")]
    return max(around, key=len, default=None)
