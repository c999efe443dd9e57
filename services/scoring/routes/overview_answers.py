"""What overviews answer: counts summed up by tier, by stage, and over time."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from services.scoring.domain.overview.change_words import reason_words
from services.scoring.domain.overview.found import Count, Flow, StoredConcentration
from services.scoring.domain.overview.model_words import sentence
from services.scoring.usecases.overview.read import Counted, Freshness, Recent
from shared.contracts.common import LocalText, Money
from shared.contracts.overview import (
    CellTally,
    ChangesOfMinute,
    Concentration,
    Curve,
    Distribution,
    DistributionHistory,
    DistributionPoint,
    Grain,
    Migration,
    MigrationCell,
    ModelInShort,
    ReleaseInForce,
    Rescoring,
    StageTally,
    Status,
    TierChange,
    TierChanges,
    TierTally,
)
from shared.money import format_minor


def distribution_of(found: Counted) -> Distribution:
    """Sum the newest counts up by tier and by stage."""
    rows = found.counts
    return Distribution(
        programme=found.ladder.programme,
        business_date=rows[0].day if rows else None,
        counted_at=rows[0].counted_at if rows else None,
        customers=_customers(rows),
        tiers=_tiers(found),
        stages=_stages(found),
        cells=[
            CellTally(
                tier=row.tier,
                lifecycle=row.lifecycle or None,
                customers=row.customers,
                expected=_expected([row], found.currency),
            )
            for row in rows
        ],
    )


def _tiers(found: Counted) -> list[TierTally]:
    rungs = found.ladder.rungs
    held = [(rung, [row for row in found.counts if row.tier == rung.key]) for rung in rungs]
    return [
        TierTally(
            tier=rung.key,
            rank=rung.rank,
            name=LocalText(**rung.name),
            customers=_customers(rows),
            expected=_expected(rows, found.currency),
        )
        for rung, rows in held
    ]


def _stages(found: Counted) -> list[StageTally]:
    names = sorted({row.lifecycle for row in found.counts})
    held = {name: [row for row in found.counts if row.lifecycle == name] for name in names}
    return [
        StageTally(
            lifecycle=name or None,
            customers=_customers(rows),
            expected=_expected(rows, found.currency),
        )
        for name, rows in held.items()
    ]


def history_of(asked: tuple[tuple[date, date], Grain], found: Counted) -> DistributionHistory:
    """Sum counts up date by date."""
    (first, last), grain = asked
    return DistributionHistory(
        programme=found.ladder.programme,
        first=first,
        last=last,
        grain=grain,
        points=[
            _point(day, list(rows), found.currency)
            for day, rows in groupby(found.counts, key=lambda row: row.day)
        ],
    )


def migration_of(programme: str, spans: Sequence[int], found: Sequence[Flow]) -> Migration:
    """Tell flows and the dates they are between."""
    one = found[0] if found else None
    return Migration(
        programme=programme,
        first=None if one is None else one.day - timedelta(days=one.days),
        last=None if one is None else one.day,
        days=None if one is None else one.days,
        spans=list(spans),
        counted_at=None if one is None else one.counted_at,
        cells=[
            MigrationCell(
                tier_from=each.tier_from or None, tier_to=each.tier_to, customers=each.customers
            )
            for each in found
        ],
    )


def changes_of(programme: str, found: Recent) -> TierChanges:
    """Tell changes minute by minute and the last of them, with their reasons in words."""
    return TierChanges(
        programme=programme,
        first=found.first,
        as_of=found.now,
        minutes=[
            ChangesOfMinute(minute=one.minute, up=one.up, down=one.down, entered=one.entered)
            for one in found.minutes
        ],
        last_changes=[
            TierChange(
                customer_id=one.customer_id,
                tier_from=one.tier_from,
                tier_to=one.tier_to,
                way=one.way,
                reason=one.reason,
                text=LocalText(**reason_words(one.reason)),
                at=one.at,
            )
            for one in found.last
        ],
    )


def concentration_of(found: StoredConcentration | None) -> Concentration:
    """Tell the curves; all null before they were counted for the first time."""
    if found is None:
        return Concentration(
            programme=None, business_date=None, counted_at=None, expected=None, net=None
        )
    return Concentration(
        programme=found.programme,
        business_date=found.day,
        counted_at=found.counted_at,
        expected=Curve.model_validate(found.document["expected"]),
        net=Curve.model_validate(found.document["net"]),
    )


def status_of(found: Freshness) -> Status:
    """Tell how fresh everything is."""
    model, waiting = found.model, found.waiting
    oldest = None if waiting.oldest is None else (found.now - waiting.oldest).total_seconds()
    return Status(
        as_of=found.now,
        business_date=found.today,
        last_event_at=found.event,
        last_decision_at=found.decision,
        last_sweep_at=found.sweep,
        releases=[
            ReleaseInForce(
                programme=one.programme,
                release=f"r-{one.release_id}",
                version=one.version,
                model_version=one.model_version,
                since=one.since,
            )
            for one in found.releases
        ],
        model=ModelInShort(
            version=None if model is None else model.version,
            trained_until=None if model is None else model.trained_until,
            gini=None if model is None else model.gini,
            gini_of_best_rule=model.best_other.gini if model and model.best_other else None,
            drift=found.drift,
            spent_per_expected=None if model is None else model.spent_per_expected,
            is_level_held=None if model is None else model.is_level_held,
            sentence=LocalText(**sentence(model, found.drift)),
        ),
        rescoring=Rescoring(
            is_under_way=bool(waiting.batches or found.jobs),
            waiting=waiting.batches,
            oldest_s=None if oldest is None else max(0.0, oldest),
            jobs=[one.kind for one in found.jobs],
        ),
    )


def _point(day: date, rows: Sequence[Count], currency: str | None) -> DistributionPoint:
    is_known = all(row.lifecycle for row in rows)
    tiers = sorted({row.tier for row in rows})
    held = {tier: [row for row in rows if row.tier == tier] for tier in tiers}
    expected = {tier: _expected(mine, currency) for tier, mine in held.items()}
    return DistributionPoint(
        date=day,
        customers=_customers(rows),
        tiers={tier: _customers(mine) for tier, mine in held.items()},
        stages=_by_stage(rows) if is_known else {},
        expected={tier: money for tier, money in expected.items() if money is not None},
    )


def _by_stage(rows: Sequence[Count]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row.lifecycle] += row.customers
    return dict(sums)


def _customers(rows: Sequence[Count]) -> int:
    return sum(row.customers for row in rows)


def _expected(rows: Sequence[Count], currency: str | None) -> Money | None:
    amounts = [row.expected for row in rows if row.expected is not None]
    if currency is None or not amounts:
        return None
    return Money(amount=format_minor(sum(amounts), currency), currency=currency)
