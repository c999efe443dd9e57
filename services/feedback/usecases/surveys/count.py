"""What a survey has come to: reach by tier, tallies of questions, and the answers themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.feedback.domain.surveys.questions import Question, survey_of
from services.feedback.domain.surveys.records import Response, StoredSurvey
from services.feedback.domain.surveys.results import (
    NONE,
    Reach,
    Tally,
    TierReach,
    by_tier,
    counted_from,
    tally,
    total_of,
)
from services.feedback.queries.surveys import responses, surveys
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.surveys.define import require_survey
from services.feedback.usecases.surveys.errors import UnknownVersion

_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Results:
    """Figures of a survey, or of one version of it."""

    survey: StoredSurvey
    version: int | None
    reach: Reach
    by_tier: Sequence[TierReach]
    questions: Sequence[Tally]


async def results_of(desk: Desk, key: str, version: int | None) -> Results:
    """Count a survey; the questions are those of the version, else all that were ever answered.

    Raises UnknownSurvey and UnknownVersion.
    """
    stored = await require_survey(desk.pool, key)
    asked = await _questions(desk, stored, version)
    reached = by_tier(await responses.reach_by_tier(desk.pool, key, version))
    values = await responses.values_of(desk.pool, key, version)
    counts = counted_from(values, await responses.written_in(desk.pool, key, version))
    return Results(
        survey=stored,
        version=version,
        reach=total_of(reached),
        by_tier=reached,
        questions=[tally(question, counts.get(question.key, NONE)) for question in asked],
    )


async def list_responses(
    desk: Desk, key: str, before: UUID | None, limit: int
) -> tuple[list[Response], UUID | None]:
    """Give a page of answers, newest first, and where the next one begins."""
    await require_survey(desk.pool, key)
    found = await responses.page_of_responses(desk.pool, key, before, limit + 1)
    items = found[:limit]
    return items, items[-1].response_id if len(found) > limit else None


async def all_responses(
    desk: Desk, key: str
) -> tuple[Sequence[Question], AsyncIterator[Sequence[Response]]]:
    """Give every question that was ever answered and every answer; raises UnknownSurvey."""
    stored = await require_survey(desk.pool, key)
    return await _questions(desk, stored, None), _pages(desk, key)


async def _questions(desk: Desk, stored: StoredSurvey, version: int | None) -> Sequence[Question]:
    if version is not None:
        found = await surveys.document_of(desk.pool, stored.survey_key, version)
        if found is None:
            raise UnknownVersion
        return survey_of(found).questions
    before = await surveys.documents_answered(desk.pool, stored.survey_key)
    # What a later version asks no more stands at the end: its answers are there.
    asked: dict[str, Question] = {}
    for document in (stored.document, *before):
        for question in survey_of(document).questions:
            asked.setdefault(question.key, question)
    return list(asked.values())


async def _pages(desk: Desk, key: str) -> AsyncIterator[Sequence[Response]]:
    before: UUID | None = None
    while page := await responses.page_of_responses(desk.pool, key, before, _PAGE):
        yield page
        before = page[-1].response_id
