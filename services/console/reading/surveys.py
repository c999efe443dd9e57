"""What pages ask of surveys: what is asked, what it came to, who answered."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from services.console.reading.streams import pieces_of
from services.console.visiting.visit import Visit
from shared.contracts.common import Page
from shared.contracts.surveys import ResponseItem, SurveyAnswer, SurveyResults


def survey_path(key: str) -> str:
    """Give the address of a survey at feedback."""
    return f"/v1/surveys/{quote(key, safe='')}"


async def list_surveys(visit: Visit, cursor: str | None, limit: int) -> Page[SurveyAnswer]:
    """Give a page of surveys."""
    query = {"cursor": cursor, "limit": limit}
    return await visit.feedback.get("/v1/surveys", Page[SurveyAnswer], query)


async def one_survey(visit: Visit, key: str) -> SurveyAnswer:
    """Give one survey with its questions."""
    return await visit.feedback.get(survey_path(key), SurveyAnswer)


async def survey_results(visit: Visit, key: str) -> SurveyResults:
    """Give what a survey has come to."""
    return await visit.feedback.get(f"{survey_path(key)}/results", SurveyResults)


async def list_responses(
    visit: Visit, key: str, cursor: str | None, limit: int
) -> Page[ResponseItem]:
    """Give a page of answers, the newest first."""
    query = {"cursor": cursor, "limit": limit}
    return await visit.feedback.get(f"{survey_path(key)}/responses", Page[ResponseItem], query)


def response_table(visit: Visit, key: str) -> AsyncIterator[bytes]:
    """Give all answers as feedback writes them for spreadsheets, piece by piece."""
    return pieces_of(visit.feedback, f"{survey_path(key)}/responses", {"format": "csv"})
