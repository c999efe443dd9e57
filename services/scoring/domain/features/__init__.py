"""The one definition of what the value model sees of a customer before a date.

`table.py` names every feature; `purchases.py` computes them.
"""

from services.scoring.domain.features.purchases import features
from services.scoring.domain.features.table import (
    FEATURE_NAMES,
    FEATURES,
    HALF_LIVES,
    WINDOWS,
    Feature,
)

__all__ = ["FEATURES", "FEATURE_NAMES", "HALF_LIVES", "WINDOWS", "Feature", "features"]
