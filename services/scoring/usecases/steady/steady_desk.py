"""The tier desk, and the last known tiers while the database is away."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

from services.scoring.domain.last_known.answer import encoded
from services.scoring.usecases.asking.ask_tier import TierDesk
from services.scoring.usecases.steady.last_known import DatabaseAway, LastKnown, batch_of
from services.scoring.usecases.steady.outage import Outage, once_more
from shared.auth import MAX_KEYS, KeyLoader
from shared.away import AWAY_ERRORS
from shared.keys import Caller


class SteadyDesk:
    """Answers from the database, else from the file; raises what was wrong without a file."""

    __slots__ = ("_desk", "_last_known", "_outage")

    def __init__(self, desk: TierDesk, outage: Outage, last_known: LastKnown) -> None:
        """Take who answers, who knows whether it can, and what is answered when not."""
        self._desk = desk
        self._outage = outage
        self._last_known = last_known

    async def close(self) -> None:
        """Give back the connections kept for the hottest read."""
        await self._desk.close()

    async def answer(self, customer_id: str, programme: str | None) -> bytes:
        """Answer for one customer by our own id; raises UnknownProgramme."""
        if not self._outage.is_away:
            try:
                return await self._desk.answer(customer_id, programme)
            except AWAY_ERRORS as error:
                found = await once_more(
                    error, self._outage, partial(self._desk.answer, customer_id, programme)
                )
                if found is not None:
                    return found
        keys = [("customer_id", customer_id.encode())]
        return encoded(self._last_known.answers(keys, [customer_id], programme)[0])

    async def answers(
        self,
        keys: Sequence[tuple[str, bytes]],
        names: Sequence[str | None],
        programme: str | None,
    ) -> bytes:
        """Answer for many, by (kind, lookup key), in their order; `names` are asked-for ids."""
        if not self._outage.is_away:
            try:
                return await self._desk.answers(keys, names, programme)
            except AWAY_ERRORS as error:
                work = partial(self._desk.answers, keys, names, programme)
                found = await once_more(error, self._outage, work)
                if found is not None:
                    return found
        return batch_of(self._last_known.answers(keys, names, programme))


def steady_keys(load: KeyLoader, outage: Outage, last_known: LastKnown) -> KeyLoader:
    """Find keys through `load`, else among those that were valid when the file was written."""
    # What the database refused since then stays refused: a file may be older than a revocation.
    refused: OrderedDict[bytes, None] = OrderedDict()

    async def find(key_hash: bytes) -> Caller | None:
        if not outage.is_away:
            try:
                return _minded(key_hash, await load(key_hash), refused)
            except AWAY_ERRORS as error:
                found = await once_more(error, outage, partial(load, key_hash))
                if found is not None:
                    return found
        if key_hash in refused:
            return None
        caller = last_known.caller(key_hash)
        if caller is None:  # it may well be valid: no 401
            raise DatabaseAway
        return caller

    return find


def _minded(
    key_hash: bytes, caller: Caller | None, refused: OrderedDict[bytes, None]
) -> Caller | None:
    refused.pop(key_hash, None)
    if caller is None:
        refused[key_hash] = None
        if len(refused) > MAX_KEYS:
            refused.popitem(last=False)
    return caller
