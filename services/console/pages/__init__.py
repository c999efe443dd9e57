"""The pages, a room each; importing them lists them in parts/frame.py: PAGES."""

import importlib
import pkgutil


def import_pages() -> None:
    """Import every module below this room, so that its pages are listed."""
    for found in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
        importlib.import_module(found.name)
