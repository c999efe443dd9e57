"""Names the code that trained a model, so that a figure can be traced to what computed it."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

_SCORING: Final = Path(__file__).parents[2]
# What decides a model: features, training, evaluation. Routes and statements do not.
_DECIDING: Final = ("domain", "model")


@cache
def code_version() -> str:
    """Name package version and sources: `0.1.0+3f2a...`; seeds and settings are constants there."""
    return f"{_package_version()}+{sources_hash(_SCORING)}"


def sources_hash(scoring: Path) -> str:
    """Hash the sources that decide a model, by their paths below the service and their bytes."""
    found = sha256()
    for folder in _DECIDING:
        for source in sorted((scoring / folder).rglob("*.py")):
            content = sha256(source.read_bytes()).hexdigest()
            found.update(f"{source.relative_to(scoring).as_posix()} {content}\n".encode())
    return found.hexdigest()[:12]


def _package_version() -> str:
    try:
        return version("tierline")
    except PackageNotFoundError:  # an image holds the sources, not the package
        return "0"
