"""A range of customers is read in one scan: the days each of them has alone, and nobody else's."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import numpy as np
import pytest

from services.scoring.domain.days import BEHAVIOUR_COLUMNS, CustomerDays
from services.scoring.domain.features import VALUE_COLUMNS
from services.scoring.domain.tiers.programme import VALUE_KEY
from services.scoring.queries.bases.whole_base import Span, read_range
from services.scoring.queries.bases.whole_days import (
    EVERYBODY,
    IdRange,
    Places,
    RangeDays,
    day_columns_of,
    read_days,
    split_base,
)
from services.scoring.queries.tiers.facts import DAY_COLUMNS, read_snapshot
from services.scoring.usecases.releases.base_days import read_days as whole_days
from tests.shop_facts import LAST_DAY, profile_id
from tests.trained import CUSTOMERS


async def days_in(pool: asyncpg.Pool, ids: IdRange) -> RangeDays:
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
        return await read_days(connection, ids, LAST_DAY, DAY_COLUMNS)


def same(one: CustomerDays, other: CustomerDays) -> bool:
    names = ("offsets", "date", *DAY_COLUMNS)
    return all(getattr(one, n).tobytes() == getattr(other, n).tobytes() for n in names)


async def test_a_range_is_what_its_customers_are_alone(pool: asyncpg.Pool) -> None:
    found = await days_in(pool, IdRange(profile_id(9), profile_id(39)))
    asked = [profile_id(index) for index in range(10, 40)]
    alone = (await read_snapshot(pool, asked, VALUE_KEY, LAST_DAY)).days
    assert len(found) == 30
    assert same(found.of(0, 30), alone)


async def test_the_whole_base_is_its_ranges(pool: asyncpg.Pool) -> None:
    ranges = await split_base(pool, 150)
    parts = [await days_in(pool, ids) for ids in ranges]
    assert [len(part) for part in parts] == [150, 150, 100]
    whole = await whole_days(pool, LAST_DAY)
    joined = np.concatenate([part.of(0, len(part)).net_booked for part in parts])
    assert joined.tobytes() == whole.net_booked.tobytes()


async def test_ranges_of_the_whole_size_leave_nobody_out(pool: asyncpg.Pool) -> None:
    assert (await split_base(pool, 10**6)) == [EVERYBODY]
    parts = [len(await days_in(pool, ids)) for ids in await split_base(pool, CUSTOMERS)]
    assert sum(parts) == CUSTOMERS


async def test_who_was_merged_away_is_not_read(pool: asyncpg.Pool) -> None:
    await pool.execute(
        "UPDATE customers SET merged_into = $1 WHERE profile_id = $2", profile_id(0), profile_id(5)
    )
    found = await days_in(pool, EVERYBODY)
    kept = [profile_id(index) for index in range(CUSTOMERS) if index != 5]
    assert same(found.of(0, len(kept)), (await read_snapshot(pool, kept, VALUE_KEY, LAST_DAY)).days)


async def test_an_empty_shop_has_no_days(pool: asyncpg.Pool) -> None:
    await pool.execute("UPDATE customers SET merged_into = $1", profile_id(0))
    found = await days_in(pool, EVERYBODY)
    assert (len(found), len(found.date)) == (0, 0)


@pytest.mark.parametrize("release_id", [None, 1])
async def test_what_a_release_stored_is_read_where_there_is_one(
    pool: asyncpg.Pool, release_id: int | None
) -> None:
    span = Span(LAST_DAY, LAST_DAY - timedelta(days=9), VALUE_KEY, release_id)
    async with pool.acquire() as connection:
        chunks = [chunk async for chunk in read_range(connection, EVERYBODY, span, chunk=150)]
    assert [len(chunk.customers) for chunk in chunks] == [150, 150, 100]
    told = {customer.last_told is not None for chunk in chunks for customer in chunk.customers}
    assert told == {release_id is not None}
    assert {current for chunk in chunks for current in chunk.is_current} == {release_id is not None}


def test_only_columns_of_what_a_model_reads_are_asked() -> None:
    assert set(day_columns_of(VALUE_COLUMNS)) == set(DAY_COLUMNS)
    assert day_columns_of(()) == ("orders",)
    assert not set(day_columns_of(VALUE_COLUMNS)) & set(BEHAVIOUR_COLUMNS)


def ids_of(*numbers: int) -> np.typing.NDArray[np.void]:
    return np.frombuffer(b"".join(UUID(int=number).bytes for number in numbers), dtype="V16")


def test_ids_that_mix_to_one_key_are_told_apart() -> None:
    odd = 0x9E37_79B9_7F4A_7C15
    clash = (1 << 64 | 7, 7 + odd)  # (first half 1, second 7) and (first half 0, second 7 + odd)
    places = Places(ids_of(*clash))
    assert places.of(ids_of(*reversed(clash), 12)).tolist() == [1, 0, -1]
