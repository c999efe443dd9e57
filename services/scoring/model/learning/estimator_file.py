"""Keeps the trained estimators for later challengers: joblib, but only what we signed ourselves."""

from __future__ import annotations

import io

import joblib

from services.scoring.model.artefact import open_signed, sign
from services.scoring.model.errors import ArtefactRefused
from services.scoring.model.learning.fit import Fitted

MOST_BYTES = 16 << 20


def dump_estimators(fitted: Fitted, key: bytes) -> bytes:
    """Write both estimators behind an HMAC-SHA256 signature."""
    buffer = io.BytesIO()
    joblib.dump(fitted, buffer)
    return sign(buffer.getvalue(), key)


def load_estimators(content: bytes, key: bytes) -> Fitted:
    """Read estimators back; a joblib file is code, so an unsigned one is never opened."""
    loaded = joblib.load(io.BytesIO(open_signed(content, key, most=MOST_BYTES)))
    if not isinstance(loaded, Fitted):
        raise ArtefactRefused("The signed file does not hold estimators.")
    return loaded
