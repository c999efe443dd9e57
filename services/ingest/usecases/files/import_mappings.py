"""Ready-made mappings by name, and mappings that somebody sent."""

from importlib import resources
from typing import Any

from services.ingest.domain.files.mapping import MappingRefused, parse_mapping
from shared.problem import Problem
from shared.strict_json import parse

READY_MADE = resources.files("services.ingest.mappings")


def given_mapping(text: str) -> dict[str, Any]:
    """Return the document of a mapping that somebody sent: JSON, or the name of a ready-made one.

    Never a file of this machine.
    """
    if not text.lstrip().startswith("{"):
        return ready_made(text)
    return document_of(text, "the mapping")


def ready_made(name: str) -> dict[str, Any]:
    """Return the document of a ready-made mapping; raises MappingRefused."""
    if name not in known_mappings():
        raise unknown_mapping(name)
    return document_of(READY_MADE.joinpath(f"{name}.json").read_text(encoding="utf-8"), name)


def known_mappings() -> list[str]:
    """Return the names of all ready-made mappings."""
    names = (entry.name for entry in READY_MADE.iterdir())
    return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))


def uploadable_mappings() -> list[str]:
    """Return the names of those that need no other file beside the one sent."""
    return [name for name in known_mappings() if "join" not in ready_made(name)]


def document_of(text: str, name: str) -> dict[str, Any]:
    """Return the document of a text; raises MappingRefused unless it is a mapping."""
    try:
        found = parse(text.encode("utf-8", "surrogatepass"))
    except Problem as refused:
        raise MappingRefused(f"{name} is not readable JSON: {refused.detail}") from None
    parse_mapping(found)
    document: dict[str, Any] = found
    return document


def unknown_mapping(name: str) -> MappingRefused:
    """Make the refusal that lists the names there are."""
    known = ", ".join(known_mappings())
    shown = name if name.isprintable() and len(name) < 200 else "of this name"
    return MappingRefused(f"there is no mapping {shown}: give a .json file, or one of {known}")
