"""The one definition of what is seen of a customer before a date.

`table.py` names every feature, `purchases.py` and `behaviour.py` compute them, `compute.py` puts
them together.
"""

from services.scoring.domain.features.compute import features
from services.scoring.domain.features.feature import Feature, Group, Unit
from services.scoring.domain.features.purchase_table import HALF_LIVES, WINDOWS
from services.scoring.domain.features.season_free import season_free
from services.scoring.domain.features.table import (
    EVERY_COLUMN,
    FEATURE_NAMES,
    FEATURES,
    VALUE_COLUMNS,
    columns_of,
)

__all__ = [
    "EVERY_COLUMN",
    "FEATURES",
    "FEATURE_NAMES",
    "HALF_LIVES",
    "VALUE_COLUMNS",
    "WINDOWS",
    "Feature",
    "Group",
    "Unit",
    "columns_of",
    "features",
    "season_free",
]
