"""The result of a simulation as JSON: the same bytes for the same snapshot and seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

from services.scoring.domain.programmes.prospects import Prospect, prospects
from services.scoring.domain.status.engine.calendars import instant_of
from services.scoring.domain.status.publication import Start
from services.scoring.domain.status.release import StatusRelease
from services.scoring.domain.status.simulation import Hurt, Mover, Question, Tally

Gains = Sequence[float]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a simulation rests on besides the question.

    `sequence`: the last event it saw; `gains`: of the stored backtest, the share of later spend
    held by the model's best 0, 1, ... 100 % of customers; `former`: the document in force.
    """

    sequence: int
    document: Mapping[str, Any]
    gains: Gains | None
    former: Mapping[str, Any] | None = None


def document_of(found: Tally, question: Question, basis: Basis) -> dict[str, Any]:
    """Write what a draft would do as JSON values."""
    draft, former = question.draft, question.former
    keys = draft.programme.tier_keys
    now = [0] * len(keys)
    for (_, new), count in found.moves.items():
        now[new] += count
    return {
        "programme": draft.programme.key,
        "version": draft.programme.rules.version,
        "in_force": None if former is None else former.programme.rules.version,
        "sequence": basis.sequence,
        "seed": question.seed,
        "as_of": _instant(question.instant.now),
        "customers": found.customers,
        "tiers": _tiers(keys, now),
        "months": [
            {"at": _instant(at), "customers": sum(row), "tiers": _tiers(keys, row)}
            for at, row in zip(question.months, found.months, strict=True)
        ],
        "migration": _migration(found, draft, former),
        "losing": {
            "customers": found.lost,
            "share": _share(found.lost, found.customers),
            "largest": [_mover(each, draft, former) for each in found.losers],
        },
        "rising": {
            "customers": found.rose,
            "share": _share(found.rose, found.customers),
            "largest": [_winner(each, draft, former) for each in found.winners],
        },
        "published": _published(found, question),
        **prospects(_prospect(found, question, basis)),
        "top_tier": _top_tier(keys, found, question, basis.gains),
        "more_hurts": {
            "scanned": found.scanned,
            "hurt": found.hurt_count,
            "examples": [_hurt(each, keys) for each in found.hurt],
        },
    }


def _tiers(keys: Sequence[str], counts: Sequence[int]) -> list[dict[str, Any]]:
    total = sum(counts)
    return [
        {"tier": key, "customers": count, "share": _share(count, total)}
        for key, count in zip(keys, counts, strict=True)
    ]


def _migration(
    found: Tally, draft: StatusRelease, former: StatusRelease | None
) -> list[dict[str, Any]]:
    new_keys = draft.programme.tier_keys
    return [
        {"from": _old_key(former, old), "to": new_keys[new], "customers": count}
        for (old, new), count in sorted(found.moves.items())
    ]


def _old_key(former: StatusRelease | None, rank: int) -> str | None:
    return None if former is None or rank < 0 else former.programme.tier_keys[rank]


def _mover(each: Mover, draft: StatusRelease, former: StatusRelease | None) -> dict[str, Any]:
    return {
        "profile_id": str(each.profile_id),
        "from": _old_key(former, each.old),
        "to": draft.programme.tier_keys[each.new],
        "spend_12_months": draft.programme.amount("spend", each.spend),
    }


def _winner(each: Mover, draft: StatusRelease, former: StatusRelease | None) -> dict[str, Any]:
    """Tell also since when the tier would be held, and what publishing does to them first."""
    since = _instant(instant_of(each.since))
    return _mover(each, draft, former) | {"since": since, "start": each.start}


def _hurt(each: Hurt, keys: Sequence[str]) -> dict[str, Any]:
    return {
        "profile_id": str(each.profile_id),
        "bought_at": _instant(each.bought_at),
        "at": _instant(each.at),
        "with_it": keys[each.with_more],
        "without": keys[each.without],
    }


def _published(found: Tally, question: Question) -> dict[str, int] | None:
    """Count whom publishing moves at once, and who then has enough and waits; null: a first one."""
    if question.published is None:
        return None
    return {start: found.starts[start] for start in get_args(Start)}


def _prospect(found: Tally, question: Question, basis: Basis) -> Prospect:
    draft, former = question.draft, question.former

    def named(moves: Counter[tuple[int, int]]) -> dict[tuple[str | None, str], int]:
        keys = draft.programme.tier_keys
        return {(_old_key(former, old), keys[new]): n for (old, new), n in moves.items()}

    return Prospect(
        document=basis.document,
        former=None if former is None else basis.former,
        currency=draft.programme.rules.currency,
        moves=named(found.moves),
        expected=named(found.expected),
    )


def _top_tier(
    keys: Sequence[str], found: Tally, question: Question, gains: Gains | None
) -> dict[str, Any]:
    """Tell what share of what was bought later came from those then in the top tier."""
    members, spend = (sum(row[place] for row in found.value) for place in (0, 1))
    top_members, top_spend = found.value[-1]
    share = _share(top_members, members)
    return {
        "tier": keys[-1],
        "from": _instant(question.since),
        "until": _instant(question.instant.now),
        "share_of_customers": share,
        "share_of_value": _share(top_spend, spend),
        "share_by_model": None if gains is None or share is None else gain_at(gains, share),
    }


def gain_at(gains: Gains, share: float) -> float:
    """Read the gains curve at a share of customers, straight between two points of it."""
    place = share * (len(gains) - 1)
    low = min(int(place), len(gains) - 2)
    return round(gains[low] + (gains[low + 1] - gains[low]) * (place - low), 4)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole > 0 else None


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
