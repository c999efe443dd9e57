"""What a report is: wished for, made, kept for a while."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.console.accounts.person import Language
from services.console.decks.audiences import Audience

#: The newest so many are kept.
KEPT: Final = 50
#: KPIs are asked for by at most ten years; a deck compares its dates with as many before.
MOST_DAYS: Final = 1830


class Format(StrEnum):
    """As which file."""

    PPTX = "pptx"
    HTML = "html"
    PDF = "pdf"


class State(StrEnum):
    """How far a report is."""

    WAITING = "waiting"
    MAKING = "making"
    DONE = "done"
    FAILED = "failed"


MEDIA: Final = {
    Format.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    Format.HTML: "text/html; charset=utf-8",
    Format.PDF: "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """For whom, in which language, as which files."""

    audience: Audience
    language: Language
    formats: tuple[Format, ...]


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report to be made; one of a schedule says when it was due."""

    report_id: UUID
    wish: Wish
    first: date
    last: date
    asked_by: str
    asked_at: datetime
    schedule_id: UUID | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it stands; `sizes` are those of its files in bytes, `remarks` keys of words."""

    report_id: UUID
    wish: Wish
    first: date
    last: date
    asked_by: str
    asked_at: datetime
    schedule_id: UUID | None
    state: State
    progress: int
    attempts: int
    finished_at: datetime | None
    remarks: tuple[str, ...]
    sizes: dict[Format, int]


@dataclass(frozen=True, slots=True)
class File:
    """One file of a report."""

    format: Format
    content: bytes


class BadDates(Exception):
    """The dates of a report must be in order, not to come, and not more than five years."""


def check_dates(first: date, last: date, today: date) -> None:
    """Refuse dates nobody can report on; raises BadDates."""
    if not first <= last <= today or (last - first).days >= MOST_DAYS:
        raise BadDates
