"""Whether the time of a refusal tells how much of an invented key is right (PROMISES, row 28).

Two kinds of invented keys in random order: one shares all but its last characters with a key that
is valid, one shares nothing. Welch's t of their times stays below 4.5 where nobody can tell them
apart; a comparison that stops at the first difference is measured beside it, to show that the
measure would find one.
"""

import asyncio
import gc
import random
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from math import sqrt
from statistics import fmean, variance
from time import perf_counter_ns
from typing import Final
from uuid import uuid4

from deploy.local.postgres import PostgresServer
from shared.auth import ApiKeys
from shared.keys import Caller, hash_key, new_key
from shared.problem import Problem
from tests.databases import Databases
from tests.load.table import Row

SAMPLES: Final = 100_000
MOST_T: Final = 4.5
#: Samples above this share of all are of the machine, not of the comparison.
KEPT: Final = 0.95
Check = Callable[[str], Awaitable[None]]


def bench(_: PostgresServer, __: Databases) -> list[Row]:
    """Time refusals of both kinds by our check and by one that stops at the first difference."""
    real = new_key()
    ours = _welch_t(*asyncio.run(_times(_checked_by_us(real), real)))
    naive = _welch_t(*asyncio.run(_times(_checked_letter_by_letter(real), real)))
    return [
        Row(
            name=f"refusal of {SAMPLES:,} invented keys: near a real one, and far from it",
            figure=f"Welch's |t| {abs(ours):.1f}",
            limit=f"stopping at the first difference: {abs(naive):.1f}",
            ratio=None,
            goal=f"< {MOST_T}",
            is_met=abs(ours) < MOST_T < abs(naive),
        )
    ]


def _checked_by_us(real: str) -> Check:
    known = {hash_key(real): Caller(uuid4(), "bench", frozenset())}

    async def load(key_hash: bytes) -> Caller | None:
        return known.get(key_hash)

    keys = ApiKeys(load)

    async def check(key: str) -> None:
        with suppress(Problem):
            await keys.caller_with(key)

    return check


def _checked_letter_by_letter(real: str) -> Check:
    async def check(key: str) -> None:
        all(one == other for one, other in zip(key, real, strict=True))

    return check


async def _times(check: Check, real: str) -> tuple[list[int], list[int]]:
    """Time both kinds in random order; nanoseconds of the near ones, then of the far ones."""
    rng = random.Random(28)
    times: tuple[list[int], list[int]] = ([], [])
    gc.disable()
    try:
        for _ in range(SAMPLES):
            is_far = rng.random() < 0.5
            pair = real[:-4] + secrets.token_urlsafe(3), new_key()
            key = pair[is_far]
            began = perf_counter_ns()
            await check(key)
            times[is_far].append(perf_counter_ns() - began)
    finally:
        gc.enable()
    return times


def _welch_t(near: list[int], far: list[int]) -> float:
    highest = sorted([*near, *far])[int(KEPT * (len(near) + len(far)))]
    near, far = ([t for t in each if t <= highest] for each in (near, far))
    spread = sqrt(variance(near) / len(near) + variance(far) / len(far))
    return (fmean(near) - fmean(far)) / spread
