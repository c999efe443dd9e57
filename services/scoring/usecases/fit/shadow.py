"""Name a challenger for the live model, and end the comparison."""

from __future__ import annotations

from typing import Final

import asyncpg

from services.scoring.errors import ShadowRefused, UnknownModel
from services.scoring.model.artefact import from_bytes
from services.scoring.model.errors import ArtefactRefused
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.models import drift
from services.scoring.queries.models.drift import ShadowRole
from services.scoring.queries.models.model_log import Entry, add_entry
from services.scoring.queries.models.models import find_artefact, find_model
from shared.logs import logger

SHADOW_BEGAN: Final = "shadow_began"
SHADOW_ENDED: Final = "shadow_ended"
SHADOW_DROPPED: Final = "shadow_dropped"
_ITSELF: Final = "tierline"


async def load_model(pool: asyncpg.Pool, version: str, signing_key: bytes) -> ValueModel:
    """Load a registered model; raises UnknownModel, ArtefactRefused."""
    found = await find_artefact(pool, version)
    if found is None:
        raise UnknownModel
    return from_bytes(found[0], signing_key, sha256=found[1])


async def begin_shadow(
    pool: asyncpg.Pool, version: str, signing_key: bytes, *, actor: str
) -> ShadowRole:
    """Have a model scored beside the live one; raises UnknownModel, ShadowRefused."""
    row = await find_model(pool, version)
    if row is None:
        raise UnknownModel
    if row.live_in:
        raise ShadowRefused("The model is live: it cannot be its own challenger.")
    try:
        await load_model(pool, version, signing_key)
    except ArtefactRefused as error:
        raise ShadowRefused(str(error)) from error
    before = await drift.shadow_role(pool)
    role = await drift.name_shadow(pool, version)
    if before is None or before.model_version != version:
        await add_entry(pool, version, Entry(SHADOW_BEGAN, actor))
        if before is not None:
            reason = f"{version} takes its place"
            await add_entry(pool, before.model_version, Entry(SHADOW_ENDED, actor, reason))
    return role


async def end_shadow(pool: asyncpg.Pool, *, actor: str, reason: str = "") -> None:
    """Have no challenger any more; none before is as good."""
    role = await drift.end_shadow(pool)
    if role is not None:
        await add_entry(pool, role.model_version, Entry(SHADOW_ENDED, actor, reason))


async def load_challenger(pool: asyncpg.Pool, signing_key: bytes) -> ValueModel | None:
    """Load the challenger, if there is one; one that cannot be loaded any more is dropped."""
    role = await drift.shadow_role(pool)
    if role is None:
        return None
    try:
        return await load_model(pool, role.model_version, signing_key)
    except (ArtefactRefused, UnknownModel) as error:
        reason = str(error)
    logger("scoring").warning(SHADOW_DROPPED, model_version=role.model_version, reason=reason)
    await end_shadow(pool, actor=_ITSELF, reason=reason)
    return None
