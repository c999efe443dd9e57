"""What a session is told of a customer in each programme, and from where: database or file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from services.scoring.domain.last_known.answer import encoded
from services.scoring.domain.session import Named
from services.scoring.domain.session_answer import tier_in
from services.scoring.domain.tiers.answer import time_tail
from services.scoring.errors import UnknownProgramme
from services.scoring.queries.tiers.hot_session import FRESH_OF_ALL, FoundAll, fresh_answers_of_all
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.queries.tiers.ready_statement import ReadyStatement
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.decide_now import Decider
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.steady.last_known import LastKnown

_CONNECTIONS = 4


class Told(NamedTuple):
    """One customer's answers by programme, without their end (`tail`), and their tiers, encoded.

    `named` is the identifier that found the customer, else the strongest given. `is_stale`: from
    the file, and `is_expired`: from one too old for price benefits.
    """

    named: Named
    profile_id: UUID | None
    answers: dict[str, bytes]
    tiers: dict[str, bytes]
    tail: bytes
    known: bool
    is_stale: bool = False
    is_expired: bool = False


class Teller:
    """Tells a customer's answers in several programmes, every acknowledged event counted."""

    __slots__ = ("_catalog", "_day", "_decider", "_fresh")

    def __init__(
        self, pool: asyncpg.Pool, catalog: Catalog, day: BusinessDay, decider: Decider
    ) -> None:
        """Take the database, the catalog, the business day and who decides."""
        self._catalog = catalog
        self._day = day
        self._decider = decider
        self._fresh = ReadyStatement(pool, FRESH_OF_ALL, size=_CONNECTIONS, is_planned_once=True)

    async def close(self) -> None:
        """Give back the connections kept for sessions."""
        await self._fresh.close()

    async def programmes(
        self, asked: Sequence[str] | None, *, audience: str | None = None
    ) -> list[str]:
        """Name the programmes asked for, or all of an audience; raises UnknownProgramme."""
        rows = {row.programme_key: row for row in await self._catalog.published()}
        if asked is not None:
            if any(key not in rows for key in asked):
                raise UnknownProgramme
            return list(dict.fromkeys(asked))
        return [key for key, row in rows.items() if audience in (None, row.audience)]

    async def tell(self, named: Sequence[Named], shown: str | None, programmes: list[str]) -> Told:
        """Answer for the first identifier that is known; `shown` names an unknown customer."""
        moment = self._day.moment()
        for each in named:
            key = (each.kind, each.lookup_key)
            found = await fresh_answers_of_all(self._fresh, key, programmes, moment)
            if found is not None:
                return await self._of_known(each, found, programmes, moment)
        return await self._of_unknown(named[0], shown, programmes, moment)

    async def _of_known(
        self, named: Named, found: FoundAll, programmes: list[str], moment: Moment
    ) -> Told:
        profile_id, answers = found.profile_id, {}
        for programme, stored in zip(programmes, found.answers, strict=True):
            answer = stored
            if answer is None:
                decided = await self._decider.answers([profile_id], programme, moment)
                answer = decided.get(profile_id)
            if answer is None:  # erased between two statements
                return await self._of_unknown(named, None, programmes, moment)
            answers[programme] = answer
        tiers, tail = tiers_in(answers), time_tail(moment.now)
        return Told(named, profile_id, answers, tiers, tail, known=True)

    async def _of_unknown(
        self, named: Named, shown: str | None, programmes: list[str], moment: Moment
    ) -> Told:
        answers = {
            programme: (await self._catalog.printer(programme)).unknown(shown)
            for programme in programmes
        }
        tiers, tail = tiers_in(answers), time_tail(moment.now)
        return Told(named, None, answers, tiers, tail, known=False)


def told_from_file(
    last_known: LastKnown,
    named: Sequence[Named],
    shown: str | None,
    programmes: Sequence[str] | None,
) -> Told:
    """Answer for the first identifier the file knows; raises UnknownProgramme, DatabaseAway."""
    found: list[dict[str, Any]] = []
    for each in named:
        found = last_known.answers_of((each.kind, each.lookup_key), shown, programmes)
        if found and found[0]["known"]:
            break
    else:
        each = named[0]
    parts = {answer["programme"]: _split(encoded(answer)) for answer in found}
    answers = {programme: part for programme, (part, _) in parts.items()}
    return Told(
        named=each,
        profile_id=None,
        known=any(answer["known"] for answer in found),
        answers=answers,
        tiers=tiers_in(answers),
        tail=next((end for _, end in parts.values()), b""),
        is_stale=True,
        is_expired=any(answer["expired"] for answer in found),
    )


def tiers_in(answers: dict[str, bytes]) -> dict[str, bytes]:
    """Cut the present tier out of every answer."""
    return {programme: tier_in(answer) for programme, answer in answers.items()}


def _split(answer: bytes) -> tuple[bytes, bytes]:
    """Split a whole answer before its time, as stored ones are."""
    end = answer.index(b',"as_of":')
    return answer[:end], answer[end:]
