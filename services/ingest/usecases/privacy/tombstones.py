"""Whoever was erased is not let in again for a time: not by an event, not by a profile."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from asyncpg import Connection

from services.ingest.domain.erasing import leaves
from services.ingest.domain.identity import Claim, Directory
from services.ingest.errors import NamesErased
from services.ingest.queries import tombstones
from services.ingest.queries.tombstones import Tombstone
from shared.erasures import tombstone
from shared.secrets import Secrets

#: The kinds whose tombstones a text is compared with when nobody knows what it stands for.
_KINDS = ("customer_id", "loyalty_account", "phone", "email", "wechat_openid", "device_id")
#: An alias does not say whether the former name is a browser's or the shop's own id.
_STANDS_FOR = {"anonymous_id": "customer_id"}
_MOST_LEAVES = 2_000


async def refuse_erased(
    connection: Connection,
    directory: Directory,
    gained: Iterable[tuple[Claim, str]],
    *,
    secrets: Secrets,
    now: datetime,
) -> None:
    """Let nobody gain an identifier (with its value) of somebody erased; raises NamesErased.

    The look at the directory that found it free also saw whether there are tombstones at all.
    """
    if not directory.has_tombstones:
        return
    claims = {
        tombstone(secrets, kind, value): claim
        for claim, value in gained
        for kind in {claim.kind, _STANDS_FOR.get(claim.kind, claim.kind)}
    }
    found = await tombstones.standing(connection, claims, now)
    if found:
        raise NamesErased(frozenset(claims[key] for key in found))


async def withheld(
    connection: Connection, items: Sequence[object], *, secrets: Secrets, now: datetime
) -> set[int]:
    """Return the places of those items that name somebody erased: their bodies are not kept."""
    if not await tombstones.are_there_tombstones(connection):
        return set()
    keys = [set(_candidates(item, secrets)) for item in items]
    found = await tombstones.standing(connection, set().union(*keys), now)
    return {place for place, own in enumerate(keys) if own & found}


def _candidates(item: object, secrets: Secrets) -> Iterable[Tombstone]:
    for number, (is_naming, leaf) in enumerate(leaves(item)):
        if number > _MOST_LEAVES:
            return
        if is_naming or "@" in leaf or leaf.startswith("+"):
            for value in {leaf, leaf.strip(), leaf.strip().lower()}:
                yield from (tombstone(secrets, kind, value) for kind in _KINDS)
