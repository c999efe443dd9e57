"""Read the time line of one customer, page by page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg

from services.feedback.domain.contacts.entry import Entry, title_of
from services.feedback.domain.contacts.place import Place, cursor_of
from services.feedback.queries.contacts.sources import SOURCES
from services.feedback.queries.contacts.timeline import Span, newest_entries, tier_names
from services.feedback.queries.people import base_currency, group_of
from services.feedback.usecases.contacts.reading import place_of_cursor
from shared.contracts.common import Page
from shared.contracts.contacts import TimelineItem
from shared.money import format_minor
from shared.problem import DomainError

#: One for every purchase that earned: only for who asks.
ALL_KINDS: Final = frozenset(SOURCES)
USUAL: Final = ALL_KINDS - {"points_earned"}
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_AMOUNTS: Final = ("net", "returned")
_LINKS: Final = {
    "case": "/v1/cases/{case_id}",
    "experiment": "/v1/experiments/{experiment}",
    "interaction": "/v1/interactions/{id}",
    "offer": "/v1/offers/{offer}",
    "survey": "/v1/surveys/{survey}",
    "task": "/v1/tasks/{id}",
}


class NobodyThere(DomainError):
    """Nothing is known of this customer."""


@dataclass(frozen=True, slots=True)
class LifeAsked:
    """Which entries: from `since` on, before `until`, before the place of a cursor."""

    kinds: Collection[str] = USUAL
    since: datetime | None = None
    until: datetime | None = None
    cursor: str | None = None
    limit: int = 50


async def read_timeline(
    pool: asyncpg.Pool, customer_id: str, asked: LifeAsked
) -> Page[TimelineItem]:
    """Give one page, newest first, merged ids together; raises NobodyThere, BadCursor."""
    before = _before(asked)
    async with pool.acquire() as connection:
        group = await group_of(connection, customer_id)
        # What was said by somebody ingest has not heard of yet is theirs all the same.
        ids, profiles = (group.customer_ids, group.profile_ids) if group else ((customer_id,), ())
        span = Span(ids, profiles, before, asked.since or _BEGINNING, asked.limit + 1)
        found = await newest_entries(connection, asked.kinds, span)
        if group is None and not found and not _is_narrowed(asked):
            raise NobodyThere
        shown = await _shown(connection, found[: asked.limit])
    has_more = len(found) > asked.limit
    after = cursor_of(found[asked.limit - 1].place) if has_more else None
    return Page(items=shown, next_cursor=after)


def _before(asked: LifeAsked) -> Place | None:
    place = None if asked.cursor is None else place_of_cursor(asked.cursor)
    until = None if asked.until is None else Place(asked.until, "", "")
    return min((each for each in (place, until) if each is not None), default=None)


def _is_narrowed(asked: LifeAsked) -> bool:
    return asked != LifeAsked(limit=asked.limit)


async def _shown(connection: asyncpg.Connection, entries: Collection[Entry]) -> list[TimelineItem]:
    releases = {e.details["release_id"] for e in entries if e.place.kind == "tier"}
    names = await tier_names(connection, releases) if releases else {}
    # ISO 4217 for no currency: before its first receipt a shop has none.
    currency = await base_currency(connection) or "XXX"
    return [_item(each, names, currency) for each in entries]


def _item(entry: Entry, names: Mapping[int, Mapping[str, Any]], currency: str) -> TimelineItem:
    kind, place = entry.place.kind, entry.place
    details = _with_amounts(entry.details, currency)
    if kind == "tier":
        details = _with_names(details, names.get(details["release_id"], {}))
    written = {"at": place.at, "kind": kind, "id": place.id, "details": details}
    told = {"title": dict(title_of(kind, details)), "link": _link(place, details)}
    return TimelineItem.model_validate({**written, **told})


def _with_amounts(details: Mapping[str, Any], base: str) -> dict[str, Any]:
    """Write minor units as money: of the shop, or of the currency that stands beside them."""
    currencies = {"cost": details.get("currency"), **dict.fromkeys(_AMOUNTS, base)}
    written = {
        name: {"amount": format_minor(details[name], currency), "currency": currency}
        for name, currency in currencies.items()
        if name in details and currency is not None
    }
    return {**{k: v for k, v in details.items() if k != "currency"}, **written}


def _with_names(details: dict[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    """Add the names of tiers as the release of the move had them; else their keys."""
    named = {
        f"{end}_name": names.get(details[end], {"en": details[end], "zh": details[end]})
        for end in ("from", "to")
        if end in details
    }
    return details | named


def _link(place: Place, details: Mapping[str, Any]) -> str | None:
    path = _LINKS.get(place.kind)
    return None if path is None else path.format(**{**details, "id": place.id})
