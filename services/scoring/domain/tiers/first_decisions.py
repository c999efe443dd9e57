"""Decide a whole base for a new release in two steps, with 100 bytes a customer in between.

Cuts need everybody's score, decisions need the cuts. What depends on facts alone is worked out
in the first step, so that facts and features are read once. A property test compares the outcome
with `decide`, to the byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, day_number, take_customers
from services.scoring.domain.features import features
from services.scoring.domain.seen.lifecycle import lifecycle
from services.scoring.domain.tiers.answer import PROSPECT, Wording
from services.scoring.domain.tiers.decide import Grid, basis_of, decide
from services.scoring.domain.tiers.decision import (
    Customer,
    Decision,
    state_of,
    sum_of_changes,
)
from services.scoring.domain.tiers.inputs import (
    Drivers,
    digests_of,
    drivers_of,
    inputs_hash,
    order_counts,
    order_days_of,
)
from services.scoring.domain.tiers.release import ServedModel
from services.scoring.domain.tiers.standing import Move
from services.scoring.domain.tiers.timeline import Calendar, MidnightOf, TierChange

#: Lifecycle, whether there is one order only, the strongest groups: what many customers share.
Kind: TypeAlias = tuple[str, bool, Drivers]
_NO_ORDER = -1
DIGEST_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Appraised:
    """What is known of some customers before there are cuts, in the order of their ids.

    `profile_ids` and `digests` (of what the model read): 16 bytes a customer. `kind` (n,): a
    position in `kinds`, -1 without an order; `raw` (n,): NaN without an order; `began`: the
    instant of a first order on the reference date itself, by place; `controlled`: the places of the
    few with pins or grants, who are decided one by one.
    """

    profile_ids: bytes
    customer_ids: Sequence[str | None]
    facts: NDArray[np.int64]
    controls: NDArray[np.int64]
    kinds: Sequence[Kind]
    kind: NDArray[np.int32]
    raw: NDArray[np.float64]
    digests: bytes
    began: Mapping[int, datetime]
    controlled: Mapping[int, Customer]
    days_of_controlled: CustomerDays

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def raw_of_buyers(self) -> NDArray[np.float64]:
        """Give the raw scores of those with an order."""
        bought: NDArray[np.float64] = self.raw[self.kind != _NO_ORDER]
        return bought


class FirstDecision(NamedTuple):
    """A decision as it is stored, column by column; `state` is the text of a document."""

    profile_id: UUID
    decided_version: int
    decided_control_version: int
    business_date: date
    level_date: date | None
    rank: int
    tier_key: str
    since: datetime
    lifecycle: str
    score: float | None
    state: bytes
    inputs_hash: bytes | None
    answer: bytes


@dataclass(frozen=True, slots=True)
class AsOf:
    """What the first step needs: a model, its first day number, the date, the zone's midnights."""

    model: ServedModel
    history_start: int
    today: date
    midnight_of: MidnightOf


def appraise(customers: Sequence[Customer], days: CustomerDays, as_of: AsOf) -> Appraised:
    """Work out what decisions on one date need of customers; `days` holds theirs in order."""
    dates, counts = order_days_of(days, as_of.today), order_counts(days, as_of.today)
    buyers = [place for place, known in enumerate(dates) if known]
    columns, months = as_of.model.columns, as_of.model.months
    who = np.array(buyers, dtype=np.int64)
    cutoff = day_number(as_of.today) + 1
    start = as_of.history_start
    X = features(days, cutoff, start, customers=who, columns=columns, months=months)
    raw, kind = np.full(len(customers), np.nan), np.full(len(customers), _NO_ORDER, dtype=np.int32)
    raw[who] = as_of.model.raw_score(X)
    controlled = {place: each for place, each in enumerate(customers) if each.has_controls}
    kinds: dict[Kind, int] = {}
    kind[who] = [
        kinds.setdefault(
            (lifecycle(dates[place], as_of.today), counts[place] == 1, moved), len(kinds)
        )
        for place, moved in zip(buyers, drivers_of(as_of.model.explain(X)), strict=True)
    ]
    return Appraised(
        profile_ids=b"".join(customer.profile_id.bytes for customer in customers),
        customer_ids=[customer.customer_id for customer in customers],
        facts=np.array([each.versions.facts for each in customers], dtype=np.int64),
        controls=np.array([each.versions.control for each in customers], dtype=np.int64),
        kinds=list(kinds),
        kind=kind,
        raw=raw,
        digests=_spread(digests_of(X, as_of.model), who, len(customers)),
        began=_began(customers, dates, as_of),
        controlled=controlled,
        days_of_controlled=take_customers(days, np.array(list(controlled), dtype=np.int64)),
    )


def _spread(digests: Sequence[bytes], who: NDArray[np.int64], customers: int) -> bytes:
    """Lay buyers' digests out by customer, zeros for the others."""
    table = np.zeros((customers, DIGEST_BYTES), dtype=np.uint8)
    table[who] = np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, DIGEST_BYTES)
    return table.tobytes()


def _began(
    customers: Sequence[Customer], dates: Sequence[Sequence[date]], as_of: AsOf
) -> dict[int, datetime]:
    return {
        place: Calendar(as_of.midnight_of, customer.moments).first_moment(as_of.today)
        for place, (customer, known) in enumerate(zip(customers, dates, strict=True))
        if known and known[0] == as_of.today
    }


def first_decisions(appraised: Appraised, grid: Grid) -> Iterator[FirstDecision]:
    """Decide appraised customers without pins or grants on a release's date, in their order."""
    scores = appraised.raw / grid.levels.at(grid.today)[1]
    ranks = np.zeros(len(scores), dtype=np.int64)
    for rank, cut in enumerate(grid.release.rules.cuts.enter):
        ranks[scores >= cut] = rank
    scribe = _Scribe(appraised, grid)
    rows = zip(scores.tolist(), ranks.tolist(), appraised.kind.tolist(), strict=True)
    for place, (score, rank, kind) in enumerate(rows):
        if place in appraised.controlled:
            continue
        yield (
            scribe.prospect(place)
            if kind == _NO_ORDER
            else scribe.decided(place, score, rank, appraised.kinds[kind])
        )


def controlled_decisions(appraised: Appraised, grid: Grid) -> list[Decision]:
    """Decide appraised customers with pins or grants for a release on its reference date."""
    return decide(list(appraised.controlled.values()), appraised.days_of_controlled, grid)


class _Scribe:
    """Writes decisions of one release; what many customers share is worked out once."""

    def __init__(self, appraised: Appraised, grid: Grid) -> None:
        self._appraised, self._grid = appraised, grid
        self._printer, self._tiers = grid.release.printer, grid.release.programme.tiers
        self._facts, self._controls = appraised.facts.tolist(), appraised.controls.tolist()
        self._level_date, self._basis = grid.levels.at(grid.today)[0], basis_of(grid)
        self._seen = grid.levels.seen(grid.today)
        self._midnight = grid.midnight_of(grid.today)
        self._printed = lru_cache(maxsize=4096)(self._print)

    def decided(self, place: int, score: float, rank: int, kind: Kind) -> FirstDecision:
        appraised = self._appraised
        since = appraised.began.get(place, self._midnight)
        answer, state = self._printed(since, rank, kind)
        digest = appraised.digests[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES]
        return FirstDecision(
            _profile_id(appraised, place),
            self._facts[place],
            self._controls[place],
            self._grid.today,
            self._level_date,
            rank,
            self._tiers[rank].key,
            since,
            kind[0],
            score,
            state,
            inputs_hash(self._basis, digest),
            self._printer.named(appraised.customer_ids[place], answer),
        )

    def _print(self, since: datetime, rank: int, kind: Kind) -> tuple[bytes, bytes]:
        stage, is_single, moved = kind
        # Who enters at a rank has reached its cut: nobody is kept.
        wording = Wording(rank, stage, is_kept=False, is_provisional=is_single, drivers=moved)
        changes = sum_of_changes((TierChange(since, rank, Move.ENTERED),))
        return self._printer.decided_of_anybody(since, wording), state_of(0, self._seen, changes)

    def prospect(self, place: int) -> FirstDecision:
        appraised, release = self._appraised, self._grid.release
        tier, since = release.programme.entry, self._grid.midnight_of(release.reference_date)
        return FirstDecision(
            _profile_id(appraised, place),
            self._facts[place],
            self._controls[place],
            self._grid.today,
            None,
            tier.rank,
            tier.key,
            since,
            PROSPECT,
            None,
            state_of(0, self._seen, 0),
            None,
            release.printer.prospect(appraised.customer_ids[place], since),
        )


def _profile_id(appraised: Appraised, place: int) -> UUID:
    return UUID(bytes=appraised.profile_ids[place * 16 : place * 16 + 16])
