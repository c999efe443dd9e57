"""Exchange rates as people keep them."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from services.ingest.domain.rates import Rate, RateFault, nano_of, rate_text
from services.ingest.errors import NoBaseCurrency, OtherBaseCurrency, RateRefused
from services.ingest.queries.exchange_rates import put_rates, rates_after
from services.ingest.usecases.running import Ingest
from shared.audit import Note, note
from shared.contracts.common import Page
from shared.contracts.exchange_rates import ExchangeRate, RatesStored, RateUpdate, RateUpdates
from shared.money import exponent_of

_FIRST: Final = ("", date.min)


async def store_rates(ingest: Ingest, update: RateUpdates, *, actor: str) -> RatesStored:
    """Create or replace rates; purchases read from now on are counted by them.

    Raises NoBaseCurrency, OtherBaseCurrency and RateRefused; nothing is stored then.
    """
    stated = update.base_currency
    now = ingest.clock.now()
    base = await ingest.registry.base_currency(None, now) or stated
    if not base:
        raise NoBaseCurrency
    if stated not in (None, base):
        raise OtherBaseCurrency
    rates = _kept(update.rates, base)
    if await ingest.registry.base_currency(base, now) != base:
        raise OtherBaseCurrency
    async with ingest.pool.acquire() as connection, connection.transaction():
        await put_rates(connection, rates)
        details = {"stored": len(rates), "currencies": sorted({each.currency for each in rates})}
        await note(connection, Note(actor, "exchange_rates.written", base, details), at=now)
    ingest.registry.forget()
    return RatesStored(base_currency=base, stored=len(rates))


def _kept(updates: Sequence[RateUpdate], base: str) -> list[Rate]:
    """Return rates as they are kept; of two for one day the later in the list counts."""
    rates: dict[tuple[str, date], Rate] = {}
    for place, update in enumerate(updates):
        if update.currency == base:
            raise RateRefused(place, "currency", "same_currency")
        try:
            nano = nano_of(
                update.rate,
                base_exponent=exponent_of(base),
                exponent=exponent_of(update.currency),
            )
        except RateFault as fault:
            raise RateRefused(place, "rate", fault.code) from None
        rates[update.currency, update.valid_from] = Rate(update.currency, update.valid_from, nano)
    return list(rates.values())


async def list_rates(
    ingest: Ingest, currency: str | None, *, after: str | None, limit: int
) -> Page[ExchangeRate]:
    """Give one page of the rates; the cursor is the last one's currency and day."""
    base = await ingest.registry.base_currency(None, ingest.clock.now())
    start = _FIRST if after is None else (after[:3], date.fromisoformat(after[4:]))
    found = await rates_after(ingest.pool, currency, after=start, limit=limit + 1)
    page = found[:limit]
    has_more = len(found) > limit
    return Page(
        items=[_item(rate, base) for rate in page],
        next_cursor=f"{page[-1].currency}.{page[-1].valid_from}" if has_more else None,
    )


def _item(rate: Rate, base: str) -> ExchangeRate:
    text = rate_text(
        rate.nano, base_exponent=exponent_of(base), exponent=exponent_of(rate.currency)
    )
    return ExchangeRate(currency=rate.currency, valid_from=rate.valid_from, rate=text)
