"""What a survey has come to: reach by tier, tallies of questions, and the answers themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.feedback.domain.surveys.questions import Survey, survey_of
from services.feedback.domain.surveys.records import Response, StoredSurvey
from services.feedback.domain.surveys.results import NONE, Reach, Tally, TierReach, tally, total_of
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
    """Count a survey; the questions are those of the version, else of the newest.

    Raises UnknownSurvey and UnknownVersion.
    """
    stored = await require_survey(desk.pool, key)
    document = stored.document
    if version is not None:
        found = await surveys.document_of(desk.pool, key, version)
        if found is None:
            raise UnknownVersion
        document = found
    by_tier = await responses.reach_by_tier(desk.pool, key, version)
    counts = await responses.counts_of(desk.pool, key, version)
    asked = survey_of(document).questions
    return Results(
        survey=stored,
        version=version,
        reach=total_of(by_tier),
        by_tier=by_tier,
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


async def all_responses(desk: Desk, key: str) -> tuple[Survey, AsyncIterator[Sequence[Response]]]:
    """Give the newest questions and every answer, page by page; raises UnknownSurvey."""
    stored = await require_survey(desk.pool, key)
    return survey_of(stored.document), _pages(desk, key)


async def _pages(desk: Desk, key: str) -> AsyncIterator[Sequence[Response]]:
    before: UUID | None = None
    while page := await responses.page_of_responses(desk.pool, key, before, _PAGE):
        yield page
        before = page[-1].response_id
