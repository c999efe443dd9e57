"""Names of scoring's jobs: the service asks for them, the worker does them."""

from typing import Final

TRAIN: Final = "train_model"
PROMOTE: Final = "promote_model"
BRING_UP: Final = "bring_release_up_to_date"
PUBLISH: Final = "publish_programme"
SIMULATE: Final = "simulate_programme"
KINDS: Final = frozenset({TRAIN, PROMOTE, BRING_UP, PUBLISH, SIMULATE})
