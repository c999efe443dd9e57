"""A value model as bytes: signed JSON, so that loading one can never run code."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

import numpy as np

from services.scoring.model import reference, season
from services.scoring.model.errors import ArtefactRefused
from services.scoring.model.interval import SpendInterval
from services.scoring.model.outcomes import indices
from services.scoring.model.plain_json import (
    named_curves,
    plain,
    read_array,
    read_curves,
    read_number,
)
from services.scoring.model.value_model import Manifest, ValueModel, feature_hash

FORMAT = "tierline-value-model/1"
MOST_BYTES = 1 << 20
_MOST_BINS = 100


@dataclass(frozen=True, slots=True)
class Artefact:
    """The bytes to store, and the SHA-256 (hex) of what they sign."""

    content: bytes
    sha256: str


def to_bytes(model: ValueModel, key: bytes) -> Artefact:
    r"""Write a model as `<HMAC-SHA256 hex>\n<JSON>`; floats keep every bit."""
    document = {
        "format": FORMAT,
        "manifest": plain(asdict(model.manifest)),
        "spend": named_curves(model.spend, model.columns),
        "buy": named_curves(model.buy, model.buy_columns),
        "interval": plain(asdict(model.interval)),
        "level": model.level,
        "persistence": model.persistence,
        "indices": model.indices.document(),
        "season": model.season.document(),
        "reference": model.reference.document(),
        "typical": list(model.typical),
    }
    payload = json.dumps(document, allow_nan=False, separators=(",", ":")).encode()
    return Artefact(
        content=_sign(payload, key).encode() + b"\n" + payload,
        sha256=hashlib.sha256(payload).hexdigest(),
    )


def from_bytes(content: bytes, key: bytes, *, sha256: str | None = None) -> ValueModel:
    """Check signature, hash and every shape, then read a model back.

    Raises ArtefactRefused for anything but an artefact we signed for today's features.
    """
    document = _document(open_signed(content, key, most=MOST_BYTES, sha256=sha256))
    try:
        return _model(document)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ArtefactRefused(f"The model artefact is malformed: {error}.") from error


def open_signed(content: bytes, key: bytes, *, most: int, sha256: str | None = None) -> bytes:
    r"""Return the payload of `<HMAC-SHA256 hex>\n<payload>` once its signature holds."""
    if len(content) > most:
        raise ArtefactRefused(f"The artefact is larger than {most} bytes.")
    signature, _, payload = content.partition(b"\n")
    if not hmac.compare_digest(signature, _sign(payload, key).encode()):
        raise ArtefactRefused("The artefact's signature does not match: it was not made here.")
    if sha256 is not None and not hmac.compare_digest(
        sha256.encode(), hashlib.sha256(payload).hexdigest().encode()
    ):
        raise ArtefactRefused("The artefact is not the one the registry names.")
    return payload


def _sign(payload: bytes, key: bytes) -> str:
    return hmac.new(key, payload, hashlib.sha256).hexdigest()


def sign(payload: bytes, key: bytes) -> bytes:
    """Put a payload behind its signature."""
    return _sign(payload, key).encode() + b"\n" + payload


def _document(payload: bytes) -> dict[str, Any]:
    try:
        document = json.loads(payload)
    except ValueError as error:
        raise ArtefactRefused("The model artefact is not JSON.") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ArtefactRefused(f"The model artefact is not of the format {FORMAT}.")
    return document


def _model(document: dict[str, Any]) -> ValueModel:
    manifest = _manifest(document["manifest"])
    if manifest.feature_hash != feature_hash():
        raise ArtefactRefused(
            f"Model {manifest.version} was trained on another feature definition: train again."
        )
    columns, spend = read_curves(document["spend"])
    buy_columns, buy = read_curves(document["buy"])
    return ValueModel(
        manifest=manifest,
        columns=columns,
        spend=spend,
        buy_columns=buy_columns,
        buy=buy,
        interval=_interval(document["interval"]),
        level=read_number(document["level"], _is_positive),
        persistence=read_number(document["persistence"], lambda value: 0 < value <= 1),
        # an artefact older than these parts lacks them
        indices=indices.read(document.get("indices", {})),
        season=season.read(document.get("season", {})),
        reference=reference.read(document.get("reference", {})),
        typical=_typical(document.get("typical", []), len(columns)),
    )


def _typical(found: list[float], features: int) -> tuple[float, ...]:
    if not found:
        return ()
    return tuple(read_array(found, (features,)).tolist())


def _manifest(found: dict[str, Any]) -> Manifest:
    expected = {field.name for field in fields(Manifest)}
    if set(found) | {"code_version"} != expected:
        raise ValueError(f"manifest fields {sorted(set(found) ^ expected)}")
    metrics = {str(name): float(value) for name, value in found["metrics"].items()}
    whole = {name: int(found[name]) for name in ("horizon_days", "customers", "rows")}
    if whole["horizon_days"] <= 0:
        raise ValueError("horizon_days is not positive")
    return Manifest(
        **whole,
        version=str(found["version"]),
        kind=str(found["kind"]),
        created_at=datetime.fromisoformat(found["created_at"]),
        feature_hash=str(found["feature_hash"]),
        cutoffs=tuple(date.fromisoformat(day) for day in found["cutoffs"]),
        trained_from=date.fromisoformat(found["trained_from"]),
        trained_until=date.fromisoformat(found["trained_until"]),
        metrics=metrics,
        warnings=tuple(str(text) for text in found["warnings"]),
        parity=float(found["parity"]),
        code_version=str(found.get("code_version", "")),
    )


def _interval(found: dict[str, Any]) -> SpendInterval:
    bins = len(found["sizes"])
    if not 1 <= bins <= _MOST_BINS:
        raise ValueError("interval has no bins or too many")
    sizes = read_array(found["sizes"], (bins,))
    if (np.diff(sizes) < 0).any():
        raise ValueError("interval sizes do not rise")
    return SpendInterval(
        sizes=sizes, low=read_array(found["low"], (bins,)), high=read_array(found["high"], (bins,))
    )


def _is_positive(value: float) -> bool:
    return value > 0
