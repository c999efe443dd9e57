"""Which field of a form a fault is marked at, and how it is said."""

from collections.abc import Collection
from typing import Protocol

from services.console.accounts.person import Language
from services.console.visiting.visit import Visit


class Coded(Protocol):
    """A fault with a stable code and an English sentence."""

    @property
    def code(self) -> str:
        """Which rule."""
        ...

    @property
    def message(self) -> str:
        """What to write."""
        ...


def field_for(fields: Collection[str], pointer: str) -> str | None:
    """Find the field of a place: its own, else the first inside it, else the nearest around it."""
    if pointer in fields:
        return pointer
    inside = [each for each in fields if each.startswith(f"{pointer}/")]
    if inside and pointer:
        return inside[0]
    around = [each for each in fields if pointer.startswith(f"{each}/")]
    return max(around, key=len, default=None)


def fault_words(visit: Visit, fault: Coded) -> str:
    """Say what is wrong in the reader's language; the service itself speaks English."""
    if visit.language is Language.ENGLISH:
        return fault.message
    return visit.say_or(f"programmes.fault_{fault.code}", fault.message)
