"""A drift report as it is stored and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from services.scoring.domain.life.drift import Shift, Status, overall, realised_status
from services.scoring.domain.life.drift_words import sentence_of
from services.scoring.model.drift import Drift
from services.scoring.model.realised import better_of
from services.scoring.usecases.fit.panel import Judged, Rivals


def document_of(drift: Drift, whole: Judged | None, partial: Judged | None) -> dict[str, Any]:
    """Write a report: status, sentence, and everything they rest on."""
    shifts = [each for each in (drift.score, *drift.features) if each is not None]
    seen = [None if each is None else _status_of(each) for each in (whole, partial)]
    status = overall([shift.status for shift in shifts], *seen)
    moved = sorted(
        (shift for shift in shifts if shift.status in (Status.WATCH, Status.ALARM)),
        key=lambda shift: -shift.psi,
    )
    found = [None if each is None else each.found for each in (whole, partial)]
    names = None if drift.psi_max is None else [shift.name for shift in moved]
    return {
        "status": status,
        "sentence": dict(sentence_of(status, names, *found)),
        "psi_max": drift.psi_max,
        "population": {
            "customers": drift.customers,
            "recent_buyers": drift.recent,
            "share_recent": drift.share_recent,
            "share_recent_at_training": drift.share_recent_before,
            "level_ratio": drift.level_ratio,
        },
        "score": None if drift.score is None else _shift(drift.score),
        "features": [_shift(shift) for shift in _by_psi(drift.features)],
        **judged_document(whole, partial),
    }


def judged_document(whole: Judged | None, partial: Judged | None) -> dict[str, Any]:
    """Write what came of predictions whose horizon has passed, and of those under way."""
    return {
        "realised": None if whole is None else _realised(whole),
        "under_way": None if partial is None else _realised(partial),
    }


def of_version(judged: Mapping[str, Any], version: str) -> dict[str, Any]:
    """Keep what is of one model: an earlier challenger's predictions are not this one's."""
    return {
        name: found if found is not None and found["model_version"] == version else None
        for name, found in judged.items()
    }


def _by_psi(shifts: Sequence[Shift]) -> list[Shift]:
    return sorted(shifts, key=lambda shift: (-shift.psi, shift.name))


def _shift(shift: Shift) -> dict[str, Any]:
    return {
        "name": shift.name,
        "psi": shift.psi,
        "noise": shift.noise,
        "psi_year_ago": shift.psi_year_ago,
        "outside_training_range": shift.outside,
        "status": shift.status,
    }


def _status_of(judged: Judged) -> Status:
    return realised_status(judged.found, judged.panel.gini)


def _realised(judged: Judged) -> dict[str, Any]:
    return {
        "model_version": judged.panel.model_version,
        "business_date": judged.panel.business_date.isoformat(),
        "status": _status_of(judged),
        "is_partial": judged.found.is_partial,
        "gini_at_training": judged.panel.gini,
        **{
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(judged.found).items()
        },
    }


def rivals_document(rivals: Rivals) -> dict[str, Any]:
    """Write how live model and challenger compare."""
    return {
        "model_version": rivals.versions[1],
        "compared": None if rivals.said is None else asdict(rivals.said),
        "judged": rivals.judged,
        "lead": None if rivals.lead is None else asdict(rivals.lead),
        "better": None if rivals.lead is None else better_of(rivals.lead),
    }
