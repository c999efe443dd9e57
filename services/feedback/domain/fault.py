"""What is wrong with a document: where, which rule, and a sentence that says what to write."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentFault:
    """One fault: a JSON pointer into the document, a stable code, and a sentence."""

    pointer: str
    code: str
    message: str


def step(pointer: str, name: str | int) -> str:
    """Go one step down a JSON pointer (RFC 6901)."""
    return f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
