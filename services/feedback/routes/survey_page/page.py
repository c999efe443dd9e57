"""The page on which people answer a survey: a form that works without scripts."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.feedback.deps import Running
from services.feedback.domain.surveys.steps import Fields, step_shown
from services.feedback.routes.survey_page.html import (
    StepView,
    refusal_page,
    step_page,
    thanks_page,
)
from services.feedback.routes.survey_page.style import HEADERS
from services.feedback.usecases.surveys.errors import SURVEY_PROBLEMS
from services.feedback.usecases.surveys.walk import Place, Posted, look, walk
from shared.body import DEFAULT_CAP, read_body
from shared.problem import BAD_REQUEST, DomainError, Problem, kind_of

FORM: Final = "application/x-www-form-urlencoded"
LANGUAGES: Final = ("en", "zh")
_MOST_FIELDS: Final = 20_000
_LONGEST_STEP: Final = 3
# For people: their routes are no part of the API's document.
router = APIRouter(prefix="/s", include_in_schema=False)


@router.get("/{token}")
async def show(request: Request, desk: Running, token: str) -> Response:
    """Show a step of the survey, or that it was answered, or why it cannot be."""
    language = language_of(request)
    try:
        place = await look(desk, token, _step(request.query_params.getlist("step")))
    except DomainError as error:
        return _refusal(error, language)
    return _shown(place, language)


@router.post("/{token}")
async def answer(request: Request, desk: Running, token: str) -> Response:
    """Take a step in and lead on."""
    language = language_of(request)
    try:
        fields = await _fields(request)
        language = _known(fields.get("lang", ())) or language
        is_back = fields.get("move") == ["back"]
        posted = Posted(_step(fields.get("step", ())), fields, is_back, language)
        place = await walk(desk, token, posted)
    except DomainError as error:
        return _refusal(error, language)
    except Problem as problem:
        page = refusal_page(problem.kind.slug, language)
        return HTMLResponse(page, problem.kind.status, HEADERS)
    if place.faults:
        return _shown(place, language, 422)
    # Looking again after a post must not post again.
    to = urlencode({"lang": language, "step": 0 if place.step is None else place.step})
    return RedirectResponse(f"?{to}", 303, HEADERS)


def _shown(place: Place, language: str, status: int = 200) -> Response:
    if place.step is None:
        return HTMLResponse(thanks_page(place.survey, language), status, HEADERS)
    questions = step_shown(place.survey, place.answers, place.step)
    view = StepView(place.survey, place.step, questions, place.answers, place.faults, language)
    return HTMLResponse(step_page(view), status, HEADERS)


def _refusal(error: DomainError, language: str) -> Response:
    kind = kind_of(error, SURVEY_PROBLEMS)
    return HTMLResponse(refusal_page(kind.slug, language), kind.status, HEADERS)


async def _fields(request: Request) -> Fields:
    """Read a posted form; raises Problem."""
    body = await read_body(request, max_bytes=DEFAULT_CAP, content_types=(FORM,))
    try:
        text = body.decode("ascii")
        fields = parse_qs(
            text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except (UnicodeDecodeError, ValueError):
        raise Problem(BAD_REQUEST) from None
    if any("\0" in value for values in fields.values() for value in values):
        raise Problem(BAD_REQUEST)
    return fields


def _step(texts: Sequence[str]) -> int:
    text = texts[-1] if texts else ""
    is_number = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_STEP
    return int(text) if is_number else 0


def language_of(request: Request) -> str:
    """Choose the language: by ?lang=, else the one that the browser likes better, else English."""
    asked = _known(request.query_params.getlist("lang"))
    return asked or liked(request.headers.get("accept-language", ""))


def _known(texts: Sequence[str]) -> str | None:
    return texts[-1] if texts and texts[-1] in LANGUAGES else None


def liked(header: str) -> str:
    """Read Accept-Language (RFC 9110 section 12.5.4) as far as it names our languages."""
    best, weight = LANGUAGES[0], 0.0
    for part in header.lower().split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        language = tag.partition("-")[0].strip()
        try:
            liking = float(quality) if quality else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and liking > weight:
            best, weight = language, liking
    return best
