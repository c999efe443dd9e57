"""A deck as PDF, where weasyprint is installed (`pip install tierline[pdf]`)."""

from importlib.util import find_spec
from typing import NoReturn


class PdfMissing(Exception):
    """PDF needs the optional extra `pdf` (weasyprint and pango); HTML prints as well."""


def is_pdf_possible() -> bool:
    """Tell whether weasyprint is installed."""
    return find_spec("weasyprint") is not None


def pdf_of(html: str) -> bytes:
    """Write a deck's HTML as PDF; raises PdfMissing."""
    try:
        # Slow to import, not always installed, and without pango it cannot be loaded (OSError).
        from weasyprint import HTML  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise PdfMissing from error
    written: bytes = HTML(string=html, url_fetcher=_refuse).write_pdf()
    return written


def _refuse(_url: str, *_: object, **__: object) -> NoReturn:
    """Fetch nothing: a deck holds all it needs."""
    raise ValueError("a deck loads nothing")
