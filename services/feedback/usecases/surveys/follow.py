"""What follows from answers: ratings become feedback, an event is told, attributes wait for ingest.

All are rows of the transaction that stores the answers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.capture.event import TYPE, event_of
from services.feedback.domain.capture.said import Arrival, Fate, Said
from services.feedback.domain.cases.case import opens_case
from services.feedback.domain.surveys.answers import traits_of
from services.feedback.domain.surveys.questions import Answers, Question, Survey, rated
from services.feedback.domain.surveys.records import Response
from services.feedback.usecases.capture.following import follow as follow_ratings
from services.feedback.usecases.capture.store import store
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.surveys.errors import LinkErased
from shared import outbox
from shared.clock import FixedClock
from shared.erasures import tombstone
from shared.ids import IdMaker, short_key, uuid7

#: The topic under which attributes wait to be told to ingest.
TOLD: Final = "survey_told"
ANSWERED: Final = "survey_answered"
_CUSTOMER: Final = "customer_id"
#: Links are answered in a browser.
_CHANNEL: Final = "web"


async def prepare(desk: Desk, survey: Survey, answers: Answers, customer_id: str) -> None:
    """Ask what a case will need, before any transaction is open: it waits for no network."""
    rules = desk.cases.rules
    if any(opens_case(question.kind, value, rules) for question, value in rated(survey, answers)):
        await desk.cases.levels.of(customer_id)


async def follow(
    connection: asyncpg.Connection,
    desk: Desk,
    survey: Survey,
    response: Response,
    answers: Answers,
) -> None:
    """Write everything that follows from answers; raises LinkErased."""
    now = response.answered_at
    ratings = [
        arrival_of(desk, response, question, value) for question, value in rated(survey, answers)
    ]
    outcomes = await store(connection, ratings, now) if ratings else []
    if any(outcome.fate is Fate.ERASED for outcome in outcomes):
        raise LinkErased
    if response.customer_id is None:
        return  # nobody to call back, nobody to learn of
    await follow_ratings(connection, outcomes, desk)
    customer = _sealed(desk, response.customer_id)
    event = {
        "event_id": str(response.response_id),
        "type": ANSWERED,
        "occurred_at": now.isoformat(),
        "customer": customer,
        "properties": {
            "survey": response.survey_key,
            "version": response.version,
            "answers": len(answers),
        },
    }
    await outbox.enqueue(connection, TYPE, event)
    if told := traits_of(survey, answers):
        waiting = {"event_id": str(response.response_id), "customer": customer, "groups": told}
        await outbox.enqueue(connection, TOLD, waiting)


def id_at(at: datetime) -> UUID:
    """Make an id that begins with this instant: of an anonymous answer it must not tell another."""
    return IdMaker(FixedClock(at)).uuid7()


def arrival_of(desk: Desk, response: Response, question: Question, rating: int) -> Arrival:
    """Make the feedback that a rating is; of an anonymous answer nobody's."""
    customer_id = response.customer_id
    said = Said(
        feedback_id=id_at(response.answered_at) if customer_id is None else uuid7(),
        event_key=short_key("feedback", "survey", str(response.response_id), question.key),
        fingerprint=response.fingerprint,
        customer_id=customer_id,
        kind=question.kind,
        channel=_CHANNEL,
        rating=rating,
        text=None,
        language=response.language,
        order_id=None,
        session_id=None,
        tier_held=response.tier_held,
        is_tier_known=response.is_tier_known,
        properties=_about(response, question.key),
        occurred_at=response.answered_at,
        received_at=response.answered_at,
    )
    if customer_id is None:
        return Arrival(said, event_of(said, {}))
    names = [tombstone(desk.secrets, _CUSTOMER, customer_id)]
    return Arrival(said, event_of(said, _sealed(desk, customer_id)), names)


def _about(response: Response, question_key: str) -> dict[str, str | int]:
    return {
        "survey": response.survey_key,
        "version": response.version,
        "question": question_key,
    }


def _sealed(desk: Desk, customer_id: str) -> dict[str, str]:
    return {_CUSTOMER: desk.secrets.encrypt_identifier(_CUSTOMER, customer_id).hex()}
