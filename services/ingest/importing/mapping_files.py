"""Finds a mapping by its name or its file."""

from pathlib import Path
from typing import Any

from services.ingest.domain.files.mapping import ColumnMapping, MappingRefused, parse_mapping
from services.ingest.usecases.files.import_mappings import document_of, ready_made, unknown_mapping


def load_mapping(name: str | None) -> ColumnMapping:
    """Return the mapping of a name or a JSON file; none: columns carry our own names."""
    return parse_mapping(mapping_document(name))


def mapping_document(name: str | None) -> dict[str, Any]:
    """Return the JSON document of a mapping, of a name or a file."""
    if name is None:
        return {}
    path = Path(name)
    if path.suffix != ".json":
        return ready_made(name)
    try:
        return document_of(path.read_text(encoding="utf-8"), name)
    except FileNotFoundError:
        raise unknown_mapping(name) from None
    except (OSError, UnicodeError):
        raise MappingRefused(f"{name} is not readable JSON") from None
