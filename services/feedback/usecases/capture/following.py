"""What feedback sets off in the transaction that stores it: a case, an answer to an offer."""

from collections.abc import Sequence

import asyncpg

from services.feedback.domain.capture.said import Fate, Outcome, Said
from services.feedback.domain.cases.case import opens_case
from services.feedback.usecases.cases.open import open_cases
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.offers.record import record_response


def sets_off(said: Said, desk: Desk) -> bool:
    """Tell whether there is anything to do when this is stored."""
    return opens_case(said.kind, said.rating, desk.cases.rules) or said.offer_key is not None


async def prepare(said: Said, desk: Desk) -> None:
    """Ask what will be needed, before any transaction is open: it waits for no network."""
    if opens_case(said.kind, said.rating, desk.cases.rules):
        await desk.cases.levels.of(said.customer_id)


async def follow(connection: asyncpg.Connection, outcomes: Sequence[Outcome], desk: Desk) -> None:
    """Do what newly stored feedback sets off."""
    stored = [outcome.said for outcome in outcomes if outcome.fate is Fate.STORED]
    await open_cases(connection, stored, desk)
    for said in stored:
        await record_response(connection, said, desk)
