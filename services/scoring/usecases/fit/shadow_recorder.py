"""Score a challenger beside the live model on live traffic, without anybody waiting for it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic
from typing import Final
from uuid import UUID

import asyncpg
import numpy as np

from services.scoring.domain.days import CustomerDays, day_number, join_days
from services.scoring.domain.features import features
from services.scoring.domain.life.drift import SampleRole
from services.scoring.domain.tiers.release import Release
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.models.drift import shadow_role
from services.scoring.queries.models.samples import Scored, add_samples
from services.scoring.queries.tiers.facts import Snapshot
from services.scoring.usecases.fit.panel import samples_of
from services.scoring.usecases.fit.shadow import load_challenger

#: Customers that wait to be scored; beyond it they are dropped and counted.
MOST_WAITING: Final = 2_000
#: Customers scored at once: some 10 ms of CPU for both models.
MOST_AT_ONCE: Final = 500
#: Customers a process records a day: in four weeks more than are compared. With 5,000 each of the
#: two reads of a comparison went through 1.7 million rows in 2 s; a statement has 5.
MOST_A_DAY: Final = 1_000
#: How long a challenger may go on being scored after it was dismissed.
LOOKED_UP_EVERY_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class _Decided:
    """Customers just decided by a model, with the facts it was done on."""

    profile_ids: list[UUID]
    days: CustomerDays
    today: date
    model: ValueModel


class Recorder:
    """Takes what was decided and scores it later; a read only ever appends to a short queue."""

    __slots__ = (
        "_key",
        "_looked_up_at",
        "_one_at_a_time",
        "_pool",
        "_rival",
        "_seconds",
        "_seen",
        "_seen_on",
        "_waiting",
        "_waiting_count",
        "dropped",
        "scored",
    )

    def __init__(
        self,
        pool: asyncpg.Pool,
        signing_key: bytes,
        *,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """Take where to write, the key artefacts are signed with, and a monotonic clock."""
        self._pool = pool
        self._key = signing_key
        self._seconds = seconds
        self._rival: ValueModel | None = None
        self._looked_up_at = -LOOKED_UP_EVERY_S
        self._waiting: deque[_Decided] = deque()
        self._waiting_count = 0
        self._one_at_a_time = asyncio.Lock()
        self._seen: set[UUID] = set()
        self._seen_on = date.min
        self.scored = 0
        self.dropped = 0

    def offer(self, snapshot: Snapshot, release: Release, today: date) -> None:
        """Take customers just decided; does nothing without a challenger of the release's model.

        Everybody is taken once a day. What finds no room is dropped and counted.
        """
        if self._rival is None or self._rival.manifest.version == release.model_version:
            return
        ids = [customer.profile_id for customer in snapshot.customers]
        if today != self._seen_on:
            self._seen, self._seen_on = set(), today
        if self._seen.issuperset(ids) or len(self._seen) >= MOST_A_DAY:
            return
        is_crowded = self._waiting_count + len(ids) > MOST_WAITING
        if is_crowded or not isinstance(release.model, ValueModel):
            self.dropped += len(ids)
            return
        self._seen.update(ids)
        self._waiting.append(_Decided(ids, snapshot.days, today, release.model))
        self._waiting_count += len(ids)

    async def flush(self) -> bool:
        """Score and keep some of what waits; say whether more does."""
        async with self._one_at_a_time:
            return await self._flush()

    async def _flush(self) -> bool:
        if self._seconds() - self._looked_up_at >= LOOKED_UP_EVERY_S:
            self._looked_up_at = self._seconds()
            await self._look_up()
        batch = self._next_batch()
        count = sum(len(each.profile_ids) for each in batch)
        self.dropped += count  # unless it is written
        rival = self._rival
        if rival is not None:
            self.scored += await self._write(await asyncio.to_thread(_scored, batch, rival))
            self.dropped -= count
        return bool(self._waiting)

    async def _write(self, scored: Sequence[Scored]) -> int:
        """Keep both models' scores or neither: another process may record the same customers.

        One that does waits for this transaction and then finds both there, so that no pair is
        made of two processes' facts.
        """
        if not scored:
            return 0
        async with self._pool.acquire() as connection, connection.transaction():
            written = [await add_samples(connection, each) for each in scored]
        return sum(written) // 2

    async def _look_up(self) -> None:
        """Learn who the challenger is; the artefact is read only when it is another one."""
        role = await shadow_role(self._pool)
        if role is None:
            self._rival = None
        elif self._rival is None or self._rival.manifest.version != role.model_version:
            self._rival = await load_challenger(self._pool, self._key)

    def _next_batch(self) -> list[_Decided]:
        batch: list[_Decided] = []
        room = MOST_AT_ONCE
        while self._waiting and (not batch or len(self._waiting[0].profile_ids) <= room):
            batch.append(self._waiting.popleft())
            room -= len(batch[-1].profile_ids)
        self._waiting_count -= MOST_AT_ONCE - room
        return batch


def _scored(batch: Sequence[_Decided], rival: ValueModel) -> list[Scored]:
    """Score what was decided on one date by one model together, and by the challenger."""
    groups: dict[tuple[str, date], list[_Decided]] = {}
    for each in batch:
        groups.setdefault((each.model.manifest.version, each.today), []).append(each)
    return [scored for key in sorted(groups) for scored in _both(groups[key], rival)]


def _both(group: Sequence[_Decided], rival: ValueModel) -> list[Scored]:
    ids = [one for each in group for one in each.profile_ids]
    days, today = join_days([each.days for each in group]), group[0].today
    ordered = np.concatenate(([0], np.cumsum(days.orders)))[days.offsets]
    bought = np.flatnonzero(np.diff(ordered) > 0)
    chosen, tomorrow = [ids[place] for place in bought.tolist()], day_number(today) + 1
    found = []
    for role, model in (
        (SampleRole.CHAMPION, group[0].model),
        (SampleRole.CHALLENGER, rival),
    ):
        start = day_number(model.manifest.trained_from)
        read = {*model.columns, *model.buy_columns}
        X = features(
            days, tomorrow, start, customers=bought, columns=sorted(read), months=model.months
        )
        samples = samples_of(chosen, model, X, start=tomorrow)
        found.append(Scored(model.manifest.version, today, role, samples))
    return found
