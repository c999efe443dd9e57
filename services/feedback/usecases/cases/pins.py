"""Make decisions about tiers true at scoring: their pins are made and taken back, once each."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol
from uuid import UUID

import asyncpg

from services.feedback.domain.cases.dispute import PIN_MODES
from services.feedback.queries.cases.labels import (
    TierLabel,
    find_label,
    note_asking,
    note_pin,
    settle_pin,
)
from shared.clients.transport import RemoteProblem
from shared.contracts.pins import PinGiven, PinWish
from shared.outbox import OutboxRow

TOPIC: Final = "case_pin"
_LONGEST_REASON: Final = 200
#: What asking again would not change; anything else is asked again later.
_FINAL: Final = frozenset({400, 404, 410, 413, 422})


class PinMaker(Protocol):
    """Scoring, as far as pins are made there (shared/clients/scoring.py)."""

    async def pin(self, customer_id: str, wish: PinWish, *, key: str) -> PinGiven:
        """Pin a customer's tier, once for each key."""
        ...

    async def end_pin(self, customer_id: str, pin_id: UUID) -> None:
        """Take a pin back; one taken back before stays so."""
        ...


def payload_of(label_id: UUID) -> dict[str, str]:
    """Say in the outbox which decision is to be made true; it names nobody."""
    return {"label_id": label_id.hex}


async def make_true(
    pool: asyncpg.Pool, rows: Sequence[OutboxRow], scoring: PinMaker
) -> Mapping[UUID, str]:
    """Make or take back pins; names the rows to try again. Raises RemoteUnavailable."""
    again: dict[UUID, str] = {}
    for row in rows:
        label = await find_label(pool, UUID(hex=row.payload["label_id"]))
        if label is None:
            continue
        try:
            await _settle(pool, label, scoring)
        except RemoteProblem as error:
            again[row.outbox_id] = str(error)
    return again


async def _settle(pool: asyncpg.Pool, label: TierLabel, scoring: PinMaker) -> None:
    match label.pin_state:
        case "pending":
            await _make(pool, label, scoring)
        case "ending":
            await _end(pool, label, scoring)
        case _:
            return


async def _make(pool: asyncpg.Pool, label: TierLabel, scoring: PinMaker) -> None:
    if label.customer_id is None:  # erased since
        await settle_pin(pool, label, "ended")
        return
    if not await note_asking(pool, label.label_id):
        return  # superseded since: the row that says so ends it
    try:
        given = await _ask(label, label.customer_id, scoring)
    except RemoteProblem as error:
        if error.status not in _FINAL:
            raise
        await settle_pin(pool, label, "refused", detail=_why(error))
        return
    # Whoever superseded it meanwhile takes back what is known here.
    if not await settle_pin(pool, label, "made", pin_id=given.pin_id):
        await note_pin(pool, label.label_id, given.pin_id)


async def _end(pool: asyncpg.Pool, label: TierLabel, scoring: PinMaker) -> None:
    """Take a pin back; one whose making was never answered is asked for again to learn its id."""
    try:
        if label.customer_id is not None and (label.pin_id is not None or label.is_pin_asked):
            given = label.pin_id or (await _ask(label, label.customer_id, scoring)).pin_id
            await scoring.end_pin(label.customer_id, given)
    except RemoteProblem as error:
        if error.status not in _FINAL:
            raise
    await settle_pin(pool, label, "ended")


async def _ask(label: TierLabel, customer_id: str, scoring: PinMaker) -> PinGiven:
    wish = PinWish(
        programme=label.programme_key,
        mode=PIN_MODES[label.decision],
        tier=label.tier_judged,
        reason=_reason(label),
        ends_at=label.ends_at,
    )
    return await scoring.pin(customer_id, wish, key=label.label_id.hex)


def _reason(label: TierLabel) -> str:
    """Say why and by whom, in the length that scoring takes."""
    by = f" (case {label.case_id}, {label.decided_by})"[:_LONGEST_REASON]
    return label.reason[: _LONGEST_REASON - len(by)] + by


def _why(error: RemoteProblem) -> str:
    return f"{error.status} {error.code}: {error.detail}"
