"""Records kept aside: listed, shown, mended and replayed, each at most once."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.kept import Filter, Kept
from services.ingest.errors import (
    BodyTruncated,
    NamesErased,
    NotReplayable,
    OtherBodyKnown,
    RefusedAgain,
    SumsOutOfRange,
    UnknownKept,
)
from services.ingest.queries import quarantined
from services.ingest.usecases.accept import Outcome, accept
from services.ingest.usecases.orders import CROWDED
from services.ingest.usecases.post_items import with_currency
from services.ingest.usecases.readers import KINDS
from services.ingest.usecases.running import Ingest
from shared.audit import Note, note
from shared.contracts.common import Page
from shared.contracts.quarantine import (
    QuarantinedBody,
    QuarantinedItem,
    ReplayAll,
    Replayed,
    ReplayedAll,
    StillRefused,
)

_UNFIT: Final = ItemRefused("out_of_range", "it would make a sum larger than is kept exactly")
#: What stands in the place of a body that names somebody who was erased.
_WITHHELD: Final = "withheld"


class _Replayed(Exception):
    """Somebody else replayed it meanwhile: nothing of this try is kept."""


async def list_kept(
    ingest: Ingest, chosen: Filter, *, before: UUID | None, limit: int
) -> Page[QuarantinedItem]:
    """Give one page of the records kept aside, newest first, without their bodies."""
    found = await quarantined.kept_before(ingest.pool, chosen, before=before, limit=limit + 1)
    items = [QuarantinedItem(**_shown(kept)) for kept in found[:limit]]
    has_more = len(found) > limit
    return Page(items=items, next_cursor=str(items[-1].quarantine_id) if has_more else None)


async def show_kept(ingest: Ingest, quarantine_id: UUID) -> QuarantinedBody:
    """Give one record with its body; raises UnknownKept."""
    kept, text = await _require(ingest, quarantine_id)
    try:
        return QuarantinedBody(body=json.loads(text), **_shown(kept))
    except ValueError:
        return QuarantinedBody(body=text, is_truncated=True, **_shown(kept))


def _shown(kept: Kept) -> dict[str, Any]:
    names = QuarantinedItem.model_fields.keys() - {"source", "sha256"}
    shown = {name: getattr(kept, name) for name in names}
    return shown | {"source": kept.source_id, "sha256": kept.body_sha256.hex()}


async def _require(ingest: Ingest, quarantine_id: UUID) -> tuple[Kept, str]:
    found = await quarantined.find_kept(ingest.pool, quarantine_id)
    if found is None:
        raise UnknownKept
    kept, sealed = found
    return kept, ingest.secrets.decrypt_identifier("quarantine", sealed)


async def replay(
    ingest: Ingest, quarantine_id: UUID, corrected: object = None, *, actor: str
) -> Replayed:
    """Read a record again as its source's, and accept it; once, whoever asks how often.

    Raises UnknownKept, NotReplayable, BodyTruncated, NamesErased, OtherBodyKnown, RefusedAgain.
    """
    kept, text = await _require(ingest, quarantine_id)
    if kept.replayed_at is None:
        try:
            details = {"source": kept.source_id, "is_corrected": corrected is not None}
            made = Note(actor, "quarantine.replayed", str(quarantine_id), details)
            await _accept(ingest, kept, _item(kept, text, corrected), made)
        except ItemRefused as refused:
            reason, message = refused.code, refused.message
            await quarantined.refuse_again(
                ingest.pool, quarantine_id, reason=reason, message=message
            )
            raise RefusedAgain(reason, message) from None
        except _Replayed:
            pass
        kept, _ = await _require(ingest, quarantine_id)
    return _answer(kept)


def _answer(kept: Kept) -> Replayed:
    if kept.replayed_at is None or kept.replayed_sequence is None:
        raise NotReplayable
    return Replayed(
        quarantine_id=kept.quarantine_id,
        sequence=kept.replayed_sequence,
        replayed_at=kept.replayed_at,
    )


def _item(kept: Kept, text: str, corrected: object) -> object:
    """Return what to read: the correction, else what was kept, with numbers as its reader wants."""
    if kept.route not in KINDS:
        raise NotReplayable
    if corrected is not None:
        text = json.dumps(corrected)
    number = Decimal if KINDS[kept.route].is_exact else float
    try:
        item = json.loads(text, parse_float=number)
    except ValueError:
        raise BodyTruncated from None
    if isinstance(item, dict) and set(item) == {_WITHHELD}:
        raise NamesErased
    return item


async def _accept(ingest: Ingest, kept: Kept, item: object, made: Note) -> None:
    """Accept an item and note it in one transaction; raises ItemRefused, OtherBodyKnown."""
    now, kind = ingest.clock.now(), KINDS[kept.route]
    reading = await ingest.registry.reading(
        kept.source_id, now=now, currency=None, shop_zone=ingest.zone, secrets=ingest.secrets
    )
    if not reading.base_currency:
        reading = await with_currency(
            ingest, reading, [item], read=kind.read, currency_of=kind.currency_of
        )
    reading = replace(reading, first_seen_at=kept.received_at)
    arrivals = await ingest.registry.shelf.complete([kind.read(0, item, reading)])

    async def mark(connection: Connection, outcome: Outcome) -> None:
        if not outcome.accepted and not outcome.duplicates:
            return
        sequence = outcome.sequence
        if not await quarantined.mark_replayed(connection, kept.quarantine_id, sequence, now):
            raise _Replayed
        await note(connection, made, at=now)

    try:
        outcome = await accept(
            ingest.pool,
            arrivals,
            secrets=ingest.secrets,
            now=now,
            also=mark,
            order=ingest.settings.trust,
        )
    except SumsOutOfRange:
        raise _UNFIT from None
    _check(outcome)
    ingest.rescoring.soon(outcome.profile_ids)


def _check(outcome: Outcome) -> None:
    if outcome.conflicts:
        raise OtherBodyKnown
    if outcome.erased:
        raise NamesErased
    if outcome.crowded:
        raise CROWDED


async def replay_all(
    ingest: Ingest, wanted: ReplayAll, after: UUID | None, *, actor: str
) -> ReplayedAll:
    """Try records again, oldest first, each by itself; what is refused again is listed."""
    chosen = Filter(wanted.source, wanted.reason, is_replayed=False)
    found = await quarantined.waiting_after(
        ingest.pool, chosen, after=after, limit=wanted.limit + 1
    )
    refused = []
    page = found[: wanted.limit]
    for quarantine_id in page:
        code_and_message = await _tried(ingest, quarantine_id, actor)
        if code_and_message is not None:
            code, message = code_and_message
            refused.append(StillRefused(quarantine_id=quarantine_id, code=code, message=message))
    has_more = len(found) > wanted.limit
    return ReplayedAll(
        replayed=len(page) - len(refused),
        refused=refused,
        next_cursor=page[-1] if has_more else None,
    )


async def _tried(ingest: Ingest, quarantine_id: UUID, actor: str) -> tuple[str, str] | None:
    """Replay one record; return why it is refused, None if it counts now."""
    try:
        await replay(ingest, quarantine_id, actor=actor)
    except RefusedAgain as refused:
        return refused.code, refused.message
    except NamesErased:
        return "erased", "it names somebody who was erased"
    except (BodyTruncated, NotReplayable, OtherBodyKnown, UnknownKept) as error:
        return error.code, error.detail
    return None
