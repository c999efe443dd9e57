"""What customers say, as feedback tells it: cases, surveys, remarks by kind."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from services.console.decks.care_data import CaseFigures, Survey, Theme, Voices
from services.console.decks.words import Words
from services.console.reports.reading.asking import Asker, words_of
from services.console.visiting.services import Service
from shared.clock import first_instant_of
from shared.contracts.cases import CaseFigures as Figures
from shared.contracts.cases import CaseTimes
from shared.contracts.feedback import FeedbackItem
from shared.contracts.surveys import QuestionResult, SurveyAnswer, SurveyResults

_MOST_SURVEYS: Final = 30
_PAGE: Final = 200
#: Remarks are read one by one: of a large shop the newest.
_MOST_SAID: Final = 4000
#: The low end of each scale: what opens a case, or makes a detractor.
_BAD_UP_TO: Final = {"csat": 2, "nps": 6, "ces": 3, "review": 2}
_ALWAYS_BAD: Final = frozenset({"complaint", "tier_dispute"})


def _span(asker: Asker) -> dict[str, object]:
    """Name the dates by their first and last instants in the shop's zone."""
    since = first_instant_of(asker.first, asker.zone)
    until = first_instant_of(asker.last + timedelta(days=1), asker.zone)
    return {"since": since.isoformat(), "until": until.isoformat()}


async def read_cases(asker: Asker) -> tuple[CaseFigures, ...] | None:
    """Read how fast cases were answered: all of them, then by tier."""
    found = await asker.get(Service.FEEDBACK, "/v1/cases/times", CaseTimes, _span(asker))
    if found is None:
        return None
    tiers = (_figures(each, words_of(each.name) if each.name else None) for each in found.tiers)
    return (_figures(found.total, None), *tiers)


def _figures(each: Figures, name: Words | None) -> CaseFigures:
    return CaseFigures(
        name=name,
        cases=each.cases,
        answered=each.answered,
        resolved=each.resolved,
        within=each.within_share,
        response_minutes=each.response_minutes_median,
        resolution_minutes=each.resolution_minutes_median,
    )


async def read_surveys(asker: Asker) -> tuple[Survey, ...] | None:
    """Read what came back of surveys."""
    found = await asker.listed(Service.FEEDBACK, "/v1/surveys", SurveyAnswer, most=_MOST_SURVEYS)
    if found is None:
        return None
    results = await asker.beside(
        Service.FEEDBACK, found, lambda each: f"/v1/surveys/{each.key}/results", SurveyResults
    )
    return tuple(
        Survey(_title(each), came.reach.sent, came.reach.answered, *_scores(came.questions))
        for each, came in results
    )


def _title(survey: SurveyAnswer) -> Words:
    title = survey.document.get("title")
    if not isinstance(title, dict):
        return Words(survey.key, survey.key)
    return Words(str(title.get("en") or survey.key), str(title.get("zh") or survey.key))


def _scores(questions: Iterable[QuestionResult]) -> tuple[float | None, float | None]:
    """Give the NPS and the mean satisfaction of a survey that asks for them."""
    nps = mean = None
    for each in questions:
        if nps is None and each.nps is not None:
            nps = each.nps.score
        if mean is None and each.kind == "csat":
            mean = each.mean
    return nps, mean


async def read_voices(asker: Asker) -> Voices | None:
    """Count what was said by kind, and how much of it was bad news."""
    said, bad = Counter[str](), Counter[str]()
    query, is_all = {**_span(asker), "limit": _PAGE}, None
    async for page in asker.pages(Service.FEEDBACK, "/v1/feedback", FeedbackItem, query):
        said.update(each.kind for each in page.items)
        bad.update(each.kind for each in page.items if is_bad(each.kind, each.rating))
        is_all = page.next_cursor is None
        if said.total() >= _MOST_SAID:
            break
    if is_all is None:
        return None
    return Voices(tuple(Theme(kind, n, bad[kind]) for kind, n in said.items()), is_all)


def is_bad(kind: str, rating: int | None) -> bool:
    """Tell whether something said is bad news."""
    if kind in _ALWAYS_BAD:
        return True
    return rating is not None and rating <= _BAD_UP_TO.get(kind, -1)
