"""Erase somebody as the worker does, and look for what is left of them in every table."""

import re
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.usecases import erase as feedback_erase
from services.ingest.usecases.privacy.erase import Erasing, deliver_erasures, erase
from services.ingest.usecases.privacy.erasures import settle
from services.scoring.usecases import erase as scoring_erase
from services.scoring.worker import make_background
from shared import erasures
from shared.clock import clock_from
from shared.secrets import Secrets, UnreadableIdentifier
from shared.settings import PlatformSettings

_SEALED_KINDS: Final = (
    "quarantine", "erasure", "phone", "email", "loyalty_account", "wechat_openid", "device_id",
    "anonymous_id", "external:crm",
)  # fmt: skip
_COLUMNS: Final = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb', 'bytea', 'ARRAY')
ORDER BY table_name, column_name
"""


def erasing(pool: asyncpg.Pool, platform: PlatformSettings, *, days: int = 30) -> Erasing:
    """What an erasure works with, without the wait for requests under way."""
    clock = clock_from(platform.business_now)
    return Erasing(pool, clock, platform.secrets, tombstone_days=days, grace_s=0)


async def finish(pool: asyncpg.Pool, platform: PlatformSettings, erasure_id: str) -> None:
    """Do what the workers of all services do for one erasure."""
    await erase(erasing(pool, platform), UUID(erasure_id))
    await deliver_all(pool, platform)


async def deliver_all(pool: asyncpg.Pool, platform: PlatformSettings) -> None:
    """Let every owner of tables forget, then end what is ended."""
    background = make_background(pool, platform)
    purges = {
        "feedback": feedback_erase.purge_with(platform.secrets),
        "scoring": scoring_erase.purge_with(background.decider, background.catalog),
    }
    await deliver_erasures(pool, platform.secrets)
    for owner, purge in purges.items():
        await erasures.deliver(pool, owner, purge, platform.secrets)
    await settle(pool, clock_from(platform.business_now))


async def places_of(
    pool: asyncpg.Pool, values: Sequence[str], secrets: Secrets
) -> list[tuple[str, str]]:
    """Return every (table, column) that holds one of these texts, in clear or sealed."""
    pattern = re.compile("|".join(re.escape(value) for value in values), re.IGNORECASE)
    found = []
    for table, column, _ in await pool.fetch(_COLUMNS):
        rows = await pool.fetch(f'SELECT "{column}" FROM "{table}"')
        if any(pattern.search(text) for row in rows for text in _texts(row[0], secrets)):
            found.append((table, column))
    return found


def _texts(value: object, secrets: Secrets) -> list[str]:
    if not isinstance(value, bytes):
        text = str(value)
        sealed = [bytes.fromhex(part) for part in re.findall(r"(?:[0-9a-f]{2}){40,}", text)]
        return [text, *(plain for part in sealed for plain in _opened(part, secrets))]
    return [value.decode("utf-8", "replace"), *_opened(value, secrets)]


def _opened(sealed: bytes, secrets: Secrets) -> list[str]:
    for kind in _SEALED_KINDS:
        try:
            return [secrets.decrypt_identifier(kind, sealed)]
        except UnreadableIdentifier:
            continue
    return []
