"""What can be seen of a customer's days: every feature, in the order of the columns of X."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from services.scoring.domain.days import COLUMNS
from services.scoring.domain.features import behaviour_table, purchase_table
from services.scoring.domain.features.feature import Feature

#: Features computed together, in the order of FEATURES.
FAMILIES: Final[tuple[tuple[Feature, ...], ...]] = (
    purchase_table.BASICS,
    purchase_table.WINDOWED,
    purchase_table.DECAYED,
    behaviour_table.MONEY,
    behaviour_table.CHANNEL,
    behaviour_table.RHYTHM,
    behaviour_table.ENGAGEMENT,
    behaviour_table.VISITS,
    behaviour_table.FEEDBACK,
)
FEATURES: Final[tuple[Feature, ...]] = tuple(each for family in FAMILIES for each in family)
FEATURE_NAMES: Final[tuple[str, ...]] = tuple(feature.name for feature in FEATURES)
#: Positions of all features, and of those the value model is offered.
EVERY_COLUMN: Final[tuple[int, ...]] = tuple(range(len(FEATURES)))
VALUE_COLUMNS: Final[tuple[int, ...]] = tuple(
    column for column, feature in enumerate(FEATURES) if feature.role == "value"
)


def columns_of(features: Iterable[int]) -> tuple[str, ...]:
    """Name the columns of `customer_day` that features (positions in FEATURES) are made of."""
    read = {source for column in features for source in FEATURES[column].sources}
    return tuple(name for name in COLUMNS if name in read)
