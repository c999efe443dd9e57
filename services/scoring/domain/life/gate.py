"""Whether a freshly trained model may take over: every check with its figure, limit and words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from math import isfinite, pi, sqrt
from typing import Any, Final

LARGEST_GAP: Final = 1e-4
LARGEST_CHANCE_ERROR: Final = 0.03
COVERAGE: Final = (0.75, 0.85)
#: Below two full years the season cannot be told from a trend: calibration is said, not demanded.
FULL_HISTORY_DAYS: Final = 730
#: A total further off than this is a shifted level, which no calibration survives.
STEADY_BIAS: Final = (0.85, 1.15)
_BINS = 10
_TWO_SIDED = 1.96


@dataclass(frozen=True, slots=True)
class Lead:
    """How far the candidate's Gini lies above another score's: paired bootstrap, 95 %."""

    gini: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rival:
    """The model in force, and how the candidate did against it on the same customers.

    `lead` is None where the two could not be compared; `problem` says why. `is_unseen` is False
    where the candidate had trained on the very days they were compared on. `as_served`: where the
    recipe stood in for the candidate, how the candidate itself did, which knows those days: one
    that is behind even so has learnt something broken from the newest.
    """

    version: str
    lead: Lead | None
    as_served: Lead | None = None
    is_unseen: bool = True
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was measured of a candidate.

    `gap`: the largest relative difference between what the artefact serves and what was trained.
    The chance's error, the interval's coverage and the bias are of the rehearsal at the training
    horizon; NaN where they could not be measured.
    """

    candidate: str
    cutoff: date
    until: date
    customers: int
    buyers: int
    over_decayed: Lead | None
    rival: Rival | None
    gap: float
    feature_hashes: tuple[str, str]
    is_finite: bool
    history_days: int
    chance_error: float
    coverage: float
    bias: float
    judged_customers: int
    judged_buyers: int


@dataclass(frozen=True, slots=True)
class Check:
    """One question of the gate; one that does not block is a warning with its figure."""

    name: str
    passed: bool
    words: dict[str, str]
    blocks: bool = True
    figure: float | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """The verdict on a candidate."""

    evidence: Evidence
    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[Check, ...]:
        """List the checks that keep the candidate out."""
        return tuple(check for check in self.checks if check.blocks and not check.passed)

    @property
    def passed(self) -> bool:
        """Say whether the candidate may take over."""
        return not self.failed

    def document(self) -> dict[str, Any]:
        """Write the verdict as JSON values."""
        seen = self.evidence
        return {
            "passed": self.passed,
            "candidate": seen.candidate,
            "current": seen.rival.version if seen.rival else None,
            "holdout": {
                "cutoff": seen.cutoff.isoformat(),
                "until": seen.until.isoformat(),
                "customers": seen.customers,
                "buyers": seen.buyers,
                "unseen": seen.rival is None or seen.rival.is_unseen,
            },
            "checks": [_plain(check) for check in self.checks],
        }


def _plain(check: Check) -> dict[str, Any]:
    """Write a check as JSON values, which know no NaN."""
    figure = check.figure
    return asdict(check) | {"figure": figure if figure is None or isfinite(figure) else None}


def judge(evidence: Evidence) -> Gate:
    """Decide about a candidate."""
    checks = [
        _over_decayed(evidence),
        _parity(evidence),
        _features(evidence),
        _finite(evidence),
        _chance(evidence),
        _coverage(evidence),
    ]
    if evidence.rival is not None:
        checks = [*_over_current(evidence.rival), *checks]
    return Gate(evidence, tuple(checks))


def failed_words(document: dict[str, Any], language: str = "en") -> list[str]:
    """Say in sentences which blocking checks of a stored verdict failed."""
    return [
        f"{check['name']}: {check['words'][language]}"
        for check in document["checks"]
        if check["blocks"] and not check["passed"]
    ]


_UNSEEN = ("on days neither had trained on", "在双方均未训练过的日期上")
_SEEN = ("on days it had trained on itself", "在其自身训练过的日期上")


def _over_current(rival: Rival) -> list[Check]:
    name, current = "not_below_current", (f"the current model {rival.version}", "当前模型")
    if rival.lead is None:
        words = {
            "en": f"Not compared with {current[0]}: {rival.problem}",
            "zh": f"未能与当前模型 {rival.version} 比较：{rival.problem}",
        }
        return [Check(name, passed=True, words=words, blocks=False)]
    checks = [_lead_check(name, rival.lead, current, _UNSEEN if rival.is_unseen else _SEEN)]
    if rival.as_served is not None:
        checks.append(_lead_check(f"{name}_as_served", rival.as_served, current, _SEEN))
    return checks


def _over_decayed(evidence: Evidence) -> Check:
    name = "not_below_decayed_spend"
    if evidence.over_decayed is None or not isfinite(evidence.over_decayed.high):
        words = {
            "en": "Nobody bought in the hold-out: decayed spend could not be compared.",
            "zh": "留出期内无人购买：无法与衰减消费额比较。",
        }
        return Check(name, passed=True, words=words, blocks=False)
    basis = ("on held-out spend", "在留出数据上")
    return _lead_check(name, evidence.over_decayed, ("decayed spend", "衰减消费额"), basis)


def _lead_check(name: str, lead: Lead, other: tuple[str, str], basis: tuple[str, str]) -> Check:
    """Fail only where the whole interval lies below 0."""
    interval = f"{lead.gini:+.3f} ({lead.low:+.3f} .. {lead.high:+.3f})"
    is_kept = not lead.high < 0
    words = {
        "en": f"Gini against {other[0]} {basis[0]}: {interval}; "
        + ("not significantly below." if is_kept else "significantly below."),
        "zh": f"{basis[1]}相对{other[1]}的基尼系数差：{interval}；"
        + ("未显著更差。" if is_kept else "显著更差。"),
    }
    return Check(name, is_kept, words, figure=lead.high, limit=0.0)


def _parity(evidence: Evidence) -> Check:
    words = {
        "en": f"Read back from its artefact, the model differs from the trained one by at most "
        f"{evidence.gap:.1e} (relative, every row).",
        "zh": f"从存档读回的模型与训练所得模型逐行最大相对差为 {evidence.gap:.1e}。",
    }
    is_same = evidence.gap <= LARGEST_GAP  # NaN is not
    return Check(
        "parity", is_same, blocks=True, figure=evidence.gap, limit=LARGEST_GAP, words=words
    )


def _features(evidence: Evidence) -> Check:
    trained, served = evidence.feature_hashes
    words = {
        "en": f"Trained on feature definition {trained}, served with {served}.",
        "zh": f"训练所用特征定义 {trained}，服务所用 {served}。",
    }
    is_same = trained == served
    return Check("features", is_same, words)


def _finite(evidence: Evidence) -> Check:
    words = {
        "en": "Every answer is a number."
        if evidence.is_finite
        else "An answer is not a finite number.",
        "zh": "所有结果均为有限数值。" if evidence.is_finite else "存在非有限数值的结果。",
    }
    is_finite = evidence.is_finite
    return Check("finite_answers", is_finite, words)


def _chance(evidence: Evidence) -> Check:
    """Allow what a calibrated model of so few customers would show by chance."""
    limit = LARGEST_CHANCE_ERROR + chance_noise(evidence.judged_customers, evidence.judged_buyers)
    error = evidence.chance_error
    words = {
        "en": f"The chance to buy was off by {error:.3f} on average; limit {limit:.3f}"
        + _unless_gated(evidence)[0],
        "zh": f"购买概率平均偏差 {error:.3f}，上限 {limit:.3f}" + _unless_gated(evidence)[1],
    }
    check = Check("chance_calibration", error <= limit, words, figure=error, limit=limit)
    return _as_calibration(check, evidence)


def _coverage(evidence: Evidence) -> Check:
    """Allow what a right interval would show by chance with so few buyers."""
    room = _TWO_SIDED * sqrt(0.8 * 0.2 / max(evidence.judged_buyers, 1))
    low, high = COVERAGE[0] - room, COVERAGE[1] + room
    seen = evidence.coverage
    words = {
        "en": f"The interval held the spend of {seen:.1%} of the buyers; "
        f"limits {low:.1%} to {high:.1%}" + _unless_gated(evidence)[0],
        "zh": f"区间覆盖了 {seen:.1%} 的购买者，界限 {low:.1%} 至 {high:.1%}"
        + _unless_gated(evidence)[1],
    }
    limit = low if seen < low else high
    check = Check("interval_coverage", low <= seen <= high, words, figure=seen, limit=limit)
    return _as_calibration(check, evidence)


def _as_calibration(check: Check, evidence: Evidence) -> Check:
    if check.figure is None or not isfinite(check.figure):
        words = {"en": "Could not be measured on the hold-out.", "zh": "留出数据上无法测量。"}
        return Check(check.name, passed=True, words=words, blocks=False)
    return replace(check, blocks=is_calibration_gated(evidence))


def is_calibration_gated(evidence: Evidence) -> bool:
    """Demand calibration only with two years of history and a level that has not shifted."""
    is_steady = STEADY_BIAS[0] <= evidence.bias <= STEADY_BIAS[1]
    return evidence.history_days >= FULL_HISTORY_DAYS and is_steady


def chance_noise(customers: int, buyers: int) -> float:
    """Give the mean gap that ten equal groups of a calibrated model show by chance, at most.

    The mean of |N(0, s)| is s sqrt(2/pi); s^2 = p (1 - p) / n is largest at the base rate.
    """
    if customers < _BINS:
        return 1.0
    share = buyers / customers
    return sqrt(2 / pi * share * (1 - share) * _BINS / customers)


def _unless_gated(evidence: Evidence) -> tuple[str, str]:
    if is_calibration_gated(evidence):
        return ".", "。"
    if evidence.history_days < FULL_HISTORY_DAYS:
        days = evidence.history_days
        return (
            f"; a warning only, with {days} days of history.",
            f"；历史仅 {days} 天，只作提示。",
        )
    return "; a warning only, as the level of spend has shifted.", "；消费水平已变动，只作提示。"
