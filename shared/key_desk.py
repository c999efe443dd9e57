"""Keys made and revoked by people: noted in the audit log, and never so that nobody may enter."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from shared.audit import Note, note
from shared.contracts.keys import KeyInfo
from shared.key_rows import Grant, add_key, hold_administrators, key_for_update, revoke_key
from shared.keys import OWN_KEYS, new_key
from shared.problem import DomainError


class UnknownKey(DomainError):
    """There is no such key."""


class KeyNeeded(DomainError):
    """This key is needed."""


class OwnKey(KeyNeeded):
    """It is the key this request came with: revoke it with another one."""


class LastAdminKey(KeyNeeded):
    """It is the last key with the scope admin: make another one first."""


class SettingsKey(KeyNeeded):
    """It is a key of the settings: put another there, and at the next start this one ends."""


@dataclass(frozen=True, slots=True)
class By:
    """Who makes or revokes a key, when, and why."""

    actor: str
    at: datetime
    reason: str = ""
    key_id: UUID | None = None


async def make_key(connection: asyncpg.Connection, grant: Grant, by: By) -> tuple[str, UUID]:
    """Make a key and note who made it, in the caller's transaction; returns it, and its id."""
    key = new_key(grant.kind)
    key_id = await add_key(connection, key, grant)
    details = {"name": grant.name, "kind": grant.kind.value, "scopes": sorted(grant.scopes)}
    made = details | {"source_id": grant.source}
    await note(connection, Note(by.actor, "key.made", str(key_id), made), at=by.at)
    return key, key_id


async def retire_key(connection: asyncpg.Connection, key_id: UUID, by: By) -> KeyInfo:
    """Revoke a key for somebody, in their transaction; one revoked before stays as it is.

    Raises UnknownKey, and OwnKey, SettingsKey or LastAdminKey where Tierline would be left without.
    """
    # held, so that two who revoke each other's key at once do not both succeed
    administrators = await hold_administrators(connection)
    found = await key_for_update(connection, key_id)
    if found is None:
        raise UnknownKey
    if found.revoked_at is not None:
        return found
    _check_dispensable(found, by, administrators)
    return await end_key(connection, found, by)


async def end_key(connection: asyncpg.Connection, key: KeyInfo, by: By) -> KeyInfo:
    """Revoke a key, whichever it is, and note who did."""
    revoked = await revoke_key(connection, key.key_id)
    details = {"name": key.name, "reason": by.reason}
    await note(connection, Note(by.actor, "key.revoked", str(key.key_id), details), at=by.at)
    return key if revoked is None else revoked


def _check_dispensable(key: KeyInfo, by: By, administrators: set[UUID]) -> None:
    if key.key_id == by.key_id:
        raise OwnKey
    if key.name in OWN_KEYS:
        raise SettingsKey
    if administrators == {key.key_id}:
        raise LastAdminKey
