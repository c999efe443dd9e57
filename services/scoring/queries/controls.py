"""Count what people decide about a customer: pins, grants and overrides."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import asyncpg

_BUMP: Final = """
INSERT INTO customer_controls (profile_id, control_version) VALUES ($1, 1)
ON CONFLICT (profile_id) DO UPDATE SET control_version = customer_controls.control_version + 1
RETURNING control_version
"""


async def bump_control(connection: asyncpg.Connection, profile_id: UUID) -> int:
    """Count one more decision; until the transaction ends nobody else decides for the customer.

    A stored tier that does not know of it is not fresh.
    """
    version: int = await connection.fetchval(_BUMP, profile_id)
    return version
