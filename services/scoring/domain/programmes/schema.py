"""The published JSON Schema of programme documents."""

from __future__ import annotations

from typing import Any, Final

from services.scoring.domain.programmes.checking import DOCUMENT

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def document_schema() -> dict[str, Any]:
    """Give the schema; what it refuses is refused by the check too, which knows more laws."""
    return {
        "$schema": DIALECT,
        "$id": "tag:tierline,2026:schema/programme",
        "title": "Tierline programme",
        "description": "Tiers of a programme: by published rules (status), or by value (value).",
        **DOCUMENT.schema(),
    }
