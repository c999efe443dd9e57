"""What came of an experiment: sums of what its arms did, and what may be said of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.feedback.domain.experiments.experiment import HOLD_OUT, Experiment
from services.feedback.domain.experiments.imbalance import SUSPICIOUS, imbalance
from services.feedback.domain.experiments.judging import Finding, Look, Verdict, judge
from services.feedback.domain.experiments.metrics import Metric
from services.feedback.domain.experiments.moments import Moments
from services.feedback.queries.experiments.exposures import count_exposures
from services.feedback.queries.experiments.outcomes import Outcomes, Window, read_outcomes
from services.feedback.usecases.cases.calendar import Shop
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.experiments.define import require_experiment
from shared.clock import business_date

_NOBODY: Final = Moments(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Compared:
    """A treatment beside the hold-out in one metric."""

    metric: Metric
    arm: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Span:
    """The whole days of the shop that count, `first` to before `until`; and those a horizon lacks.

    Days lack for ever once an experiment is stopped before its horizon.
    """

    first: date
    until: date
    missing_days: int


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an experiment; `balance_p` is the chance of arms as uneven as these."""

    experiment: Experiment
    compared: list[Compared]
    customers: dict[str, int]
    balance_p: float
    span: Span | None
    cap: float | None
    as_of: datetime


async def result_of(desk: Desk | Shop, key: str) -> Result:
    """Compare an experiment's arms as of the end of yesterday; raises UnknownExperiment.

    Once the hold-out has grown, of those who met the experiment since.
    """
    found = await require_experiment(desk.pool, key)
    now = desk.clock.now()
    if found.started_at is None:
        return _unstarted(found, now)
    span = span_of(found, now, desk.zone)
    since = found.shares_since or found.started_at
    before = found.document["pre_period_days"]
    window = Window(desk.zone.key, span.until, since, before, _cap(found))
    metrics = [Metric(name) for name in (found.document["primary"], *found.document["also"])]
    async with desk.pool.acquire() as connection, connection.transaction(readonly=True):
        counts = await count_exposures(connection, key, since)
        outcomes = await read_outcomes(
            connection, key, window, with_satisfaction=Metric.SATISFACTION in metrics
        )
    arms = [arm for arm, _ in found.shares]
    lately = [counts.get(arm, (0, 0))[1] for arm in arms]
    balance_p = imbalance(lately, [share for _, share in found.shares])
    return Result(
        experiment=found,
        compared=_compare(found, outcomes, metrics, barred_by(found, balance_p, span, now)),
        customers={arm: counts.get(arm, (0, 0))[0] for arm in arms},
        balance_p=balance_p,
        span=span,
        cap=outcomes.cap,
        as_of=now,
    )


def span_of(found: Experiment, now: datetime, zone: ZoneInfo) -> Span:
    """Tell which days of an experiment that was started count by now."""
    if found.started_at is None:
        raise ValueError("an experiment that never started has no days")
    first = business_date(found.started_at, zone)
    last = business_date(found.over_at(now) or now, zone)
    design = found.document["design"]["fixed"]
    horizon = last if design is None else first + timedelta(days=design["days"])
    return Span(first, max(first, min(last, horizon)), max(0, (horizon - last).days))


def barred_by(found: Experiment, balance_p: float, span: Span, now: datetime) -> Verdict | None:
    """Tell why nothing may be concluded whatever the figures are."""
    if balance_p < SUSPICIOUS:
        return Verdict.MISMATCH
    if not span.missing_days:
        return None
    return Verdict.TOO_EARLY if found.over_at(now) is None else Verdict.STOPPED_EARLY


def alpha_of(found: Experiment) -> float:
    """Share the error out to the treatments (Bonferroni): one in all may be wrong that often."""
    alpha: float = found.document["alpha"]
    return alpha / (len(found.shares) - 1)


def _compare(
    found: Experiment, outcomes: Outcomes, metrics: list[Metric], barred: Verdict | None
) -> list[Compared]:
    compared = []
    for metric in metrics:
        sums = outcomes.sums.get(metric, {})
        control = sums.get(HOLD_OUT, _NOBODY)
        for arm, share in found.shares:
            if arm != HOLD_OUT:
                look = Look(alpha_of(found), _progress(found, outcomes, arm, share), barred)
                finding = judge(sums.get(arm, _NOBODY), control, look)
                compared.append(Compared(metric, arm, finding))
    return compared


def _progress(found: Experiment, outcomes: Outcomes, arm: str, share: int) -> float | None:
    """Tell the share of the planned customer-days of two arms that was seen; None: fixed.

    Planned are the design's days of all whom the experiment could meet as of its start
    (population_of): of a playbook those it would contact, never the whole shop. Any number set at
    the start keeps the interval right at every look; one far too large makes it wide (5.27 standard
    errors at a progress of 0.033, 3.04 at 1).
    """
    design: dict[str, Any] | None = found.document["design"]["sequential"]
    if design is None:
        return None
    both = (share + dict(found.shares)[HOLD_OUT]) / 1000
    planned: float = max(1, found.audience_size or 0) * both * design["days"]
    seen = outcomes.days.get(arm, 0.0) + outcomes.days.get(HOLD_OUT, 0.0)
    return seen / planned


def _cap(found: Experiment) -> float | None:
    permille: int | None = found.document["cap_permille"]
    return None if permille is None else permille / 1000


def _unstarted(found: Experiment, now: datetime) -> Result:
    look = Look(alpha_of(found), barred=Verdict.NOT_STARTED)
    metric = Metric(found.document["primary"])
    compared = [
        Compared(metric, arm, judge(_NOBODY, _NOBODY, look))
        for arm, _ in found.shares
        if arm != HOLD_OUT
    ]
    customers = {arm: 0 for arm, _ in found.shares}
    return Result(found, compared, customers, 1.0, None, None, now)
