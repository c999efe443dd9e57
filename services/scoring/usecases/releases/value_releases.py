"""Put a value release together from its stored parts, whatever makes its classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.scoring.domain.days import day_number
from services.scoring.domain.tiers.answer import AnswerPrinter, Named
from services.scoring.domain.tiers.class_answer import ClassPrinter
from services.scoring.domain.tiers.classes import (
    ClassBars,
    ClassProgramme,
    ClassRelease,
    board_of,
    read_class_cuts,
)
from services.scoring.domain.tiers.cuts import read_cuts
from services.scoring.domain.tiers.documents import is_by_class, programme_of
from services.scoring.domain.tiers.programme import ValueProgramme
from services.scoring.domain.tiers.release import Release
from services.scoring.domain.tiers.timeline import Rules
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.bases.whole_days import day_columns_of
from services.scoring.queries.releases.releases import ReleaseRow
from services.scoring.queries.tiers.facts import DAY_COLUMNS


@dataclass(frozen=True, slots=True)
class Asks:
    """What must be read of customers for a programme: columns of days, and categories bought."""

    columns: tuple[str, ...]
    categories: bool = False

    def covers(self, other: Asks) -> bool:
        """Tell whether what was read for this is enough for the other."""
        return set(other.columns) <= set(self.columns) and self.categories >= other.categories

    def joined(self, other: Asks) -> Asks:
        """Ask for both."""
        columns = tuple(dict.fromkeys((*self.columns, *other.columns)))
        return Asks(columns, self.categories or other.categories)


BY_SHARE = Asks(DAY_COLUMNS)


def asks_of_document(key: str, version: int, document: Mapping[str, Any]) -> Asks:
    """Say what a published document's decisions read."""
    if not is_by_class(document):
        return BY_SHARE
    programme = programme_of(key, version, document)
    return BY_SHARE.joined(_asks_of(programme))


def asks_of_release(release: Release) -> Asks:
    """Say what a release's decisions read."""
    return Asks(day_columns_of(release.model.columns)).joined(_asks_of(release.programme))


def asks_of_model(model: ValueModel, programme: ValueProgramme) -> Asks:
    """Say what a release to be of a model and a programme reads."""
    return Asks(day_columns_of(model.columns)).joined(_asks_of(programme))


def _asks_of(programme: ValueProgramme) -> Asks:
    if not isinstance(programme, ClassProgramme):
        return Asks(())
    return Asks(programme.columns, programme.asks_categories)


def printer_without_release(key: str, version: int, document: Mapping[str, Any]) -> AnswerPrinter:
    """Make the printer of a value programme that has no release yet."""
    programme = programme_of(key, version, document)
    if isinstance(programme, ClassProgramme):
        return ClassPrinter(programme, Named(None, None), None)
    return AnswerPrinter(programme, Named(None, None))


def release_of(row: ReleaseRow, model: ValueModel) -> Release:
    """Put a stored release and its model together."""
    programme = programme_of(row.programme_key, row.programme_version, row.document)
    named = Named(row.release_id, row.model_version)
    if isinstance(programme, ClassProgramme):
        return _class_release(row, model, programme, named)
    return Release(
        release_id=row.release_id,
        programme=programme,
        model_version=row.model_version,
        model=model,
        history_start=day_number(model.manifest.trained_from),
        rules=Rules(read_cuts(row.thresholds, programme), programme.fall_after_days),
        reference_date=row.reference_date,
        printer=AnswerPrinter(programme, named),
    )


def _class_release(
    row: ReleaseRow, model: ValueModel, programme: ClassProgramme, named: Named
) -> ClassRelease:
    board = board_of(programme, read_class_cuts(programme, row.thresholds))
    return ClassRelease(
        release_id=row.release_id,
        programme=programme,
        model_version=row.model_version,
        model=model,
        history_start=day_number(model.manifest.trained_from),
        rules=Rules(ClassBars(), programme.fall_after_days),
        reference_date=row.reference_date,
        printer=ClassPrinter(programme, named, board),
        board=board,
    )
