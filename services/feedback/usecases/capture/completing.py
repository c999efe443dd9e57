"""Find out afterwards which tier somebody held when scoring could not be asked."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.capture.past_tier import ToldTier, held_document
from services.feedback.queries.capture.past_tiers import (
    AskedTier,
    FoundTier,
    Untold,
    complete_tiers,
    feedback_without_tier,
    told_tiers,
)
from shared.clock import Clock
from shared.contracts.common import IDENTIFIER_KINDS
from shared.identifiers import lookup_key
from shared.secrets import Secrets, UnreadableIdentifier

_BATCH: Final = 500
_PLACE: Final = {kind: place for place, kind in enumerate(IDENTIFIER_KINDS)}


async def complete_unknown_tiers(pool: asyncpg.Pool, clock: Clock, secrets: Secrets) -> bool:
    """Complete a batch from the history of what was told; tells whether more may wait.

    Two workers at once find the same; what is written stays.
    """
    unknown = await feedback_without_tier(pool, _BATCH)
    if not unknown:
        return False
    asked = {each.feedback_id: asked_tier(each, secrets) for each in unknown}
    told = await told_tiers(pool, [each for each in asked.values() if each is not None])
    await complete_tiers(pool, _found(asked, told), clock.now())
    return len(unknown) == _BATCH


def asked_tier(unknown: Untold, secrets: Secrets) -> AskedTier | None:
    """Say whom to ask about: by the shop's id, else by the strongest identifier kept.

    None: whoever said it was erased, or the key of this installation has changed.
    """
    if unknown.customer_id is not None:
        named = ("customer_id", unknown.customer_id)
    elif unknown.sealed:
        kind = min(unknown.sealed, key=lambda kind: (_PLACE.get(kind, len(_PLACE)), kind))
        try:
            value = secrets.decrypt_identifier(kind, bytes.fromhex(unknown.sealed[kind]))
        except UnreadableIdentifier:
            return None
        named = (kind, value)
    else:
        return None
    return AskedTier(
        unknown.feedback_id, named[0], lookup_key(secrets, *named), unknown.received_at
    )


def _found(
    asked: Mapping[UUID, AskedTier | None],
    told: Mapping[UUID, tuple[str | None, ToldTier | None]],
) -> Sequence[FoundTier]:
    found = []
    for feedback_id, question in asked.items():
        customer_id, tier = told.get(feedback_id, (None, None))
        document = None if tier is None else held_document(tier)
        found.append(FoundTier(feedback_id, question is not None, customer_id, document))
    return found
