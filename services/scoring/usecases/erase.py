"""Forget a person in everything that scoring keeps."""

from collections.abc import Mapping
from typing import Final

import asyncpg

from services.scoring.queries.people import erasure
from services.scoring.usecases.decide_now import Decider
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.rescore import rescore
from shared.erasures import ErasedPerson, Purge

#: Erasures whose customers are looked at again, and again.
_LATEST: Final = 1_000


def purge_with(decider: Decider, catalog: Catalog) -> Purge:
    """Return what forgets a person here.

    They are decided anew first: a decision of before that is stored late loses against it.
    """

    async def purge(connection: asyncpg.Connection, person: ErasedPerson) -> Mapping[str, int]:
        await rescore(person.profile_ids, decider, catalog)
        removed = await erasure.forget(connection, person.profile_ids)
        return {table: count for table, count in removed.items() if count}

    return purge


async def forget_again(pool: asyncpg.Pool, decider: Decider, catalog: Catalog) -> None:
    """Forget once more whom a release, computed meanwhile, has brought back."""
    found = await erasure.left_over(pool, latest=_LATEST)
    if found:
        await rescore(found, decider, catalog)
        async with pool.acquire() as connection:
            await erasure.forget(connection, found)
