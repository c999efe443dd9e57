"""Names of scoring's jobs: the service asks for them, the worker does them."""

from typing import Final

TRAIN: Final = "train_model"
PROMOTE: Final = "promote_model"
KINDS: Final = frozenset({TRAIN, PROMOTE})
