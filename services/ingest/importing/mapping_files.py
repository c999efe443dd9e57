"""Finds a mapping by its name or its file."""

import json
from importlib import resources
from pathlib import Path

from services.ingest.domain.mapping import ColumnMapping, MappingRefused, parse_mapping

READY_MADE = resources.files("services.ingest.mappings")


def load_mapping(name: str | None) -> ColumnMapping:
    """Return the mapping of a name or a JSON file; none: columns carry our own names."""
    if name is None:
        return ColumnMapping()
    path = Path(name)
    try:
        if path.suffix == ".json":
            text = path.read_text(encoding="utf-8")
        else:
            text = READY_MADE.joinpath(f"{path.name}.json").read_text(encoding="utf-8")
        return parse_mapping(json.loads(text))
    except FileNotFoundError:
        known = sorted(entry.name.removesuffix(".json") for entry in READY_MADE.iterdir())
        known = [entry for entry in known if not entry.startswith("_")]
        raise MappingRefused(
            f"there is no mapping {name}: give a .json file, or one of {', '.join(known)}"
        ) from None
    except (OSError, ValueError) as error:
        if isinstance(error, MappingRefused):
            raise
        raise MappingRefused(f"{name} is not readable JSON") from None
