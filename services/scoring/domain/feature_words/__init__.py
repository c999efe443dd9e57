"""What people call every feature, and the sentence that tells its figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.scoring.domain.feature_words.behaviour import BEHAVIOUR
from services.scoring.domain.feature_words.purchases import PURCHASES, decayed_words, window_words
from services.scoring.domain.feature_words.telling import FeatureWords, Past
from services.scoring.domain.features import HALF_LIVES, WINDOWS

__all__ = ["FEATURE_WORDS", "FeatureWords", "Past"]

#: By name; a test holds it to every feature there is.
FEATURE_WORDS: Final[Mapping[str, FeatureWords]] = {
    **PURCHASES,
    **{name: words for window in WINDOWS for name, words in window_words(window).items()},
    **{name: words for half in HALF_LIVES for name, words in decayed_words(half).items()},
    **BEHAVIOUR,
}
