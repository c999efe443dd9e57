"""Dated rates to the base currency."""

from collections.abc import Iterable
from datetime import date

from asyncpg import Connection, Pool

from services.ingest.domain.rates import Rate, RateTable
from services.ingest.queries import bulk
from shared.schema.ingest import exchange_rates

_COLUMNS = ("currency", "valid_from", "rate_nano")


async def put_rates(connection: Connection, rates: Iterable[Rate]) -> None:
    """Create or replace rates, each known by its currency and first day."""
    rows = ((rate.currency, rate.valid_from, rate.nano) for rate in rates)
    await bulk.run(connection, bulk.put_sql(exchange_rates, _COLUMNS), rows)


async def rate_table(pool: Pool) -> RateTable:
    """Return every rate there is."""
    rows = await pool.fetch(
        """
        SELECT currency, array_agg(valid_from ORDER BY valid_from),
            array_agg(rate_nano ORDER BY valid_from)
        FROM exchange_rates GROUP BY currency
        """
    )
    return RateTable({row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows})


async def rates_after(
    pool: Pool, currency: str | None, *, after: tuple[str, date], limit: int
) -> list[Rate]:
    """Return the next rates (of one currency) by currency and day."""
    rows = await pool.fetch(
        """
        SELECT currency, valid_from, rate_nano FROM exchange_rates
        WHERE (currency, valid_from) > ($1, $2) AND ($3::text IS NULL OR currency = $3)
        ORDER BY currency, valid_from LIMIT $4
        """,
        *after,
        currency,
        limit,
    )
    return [Rate(*row) for row in rows]
