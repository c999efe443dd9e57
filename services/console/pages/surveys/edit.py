"""Write a survey: questions in both languages, with the JSON beside the form."""

from typing import Any, Final

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.surveys.words import KINDS, WITH_OPTIONS, body_of, title_of
from services.console.pages.writing import create, rewrite, save_button
from services.console.parts.care import words_for
from services.console.parts.documents import DocumentForm
from services.console.parts.drafts import at, list_at
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import heading, page, retitle
from services.console.reading.surveys import list_surveys, one_survey
from services.console.visiting.visit import Visit
from shared.contracts.surveys import SurveyAnswer, SurveyDocument, SurveyRequest

_TEXT: Final = {"en": "", "zh": ""}
_QUESTION: Final = {"key": "", "kind": "csat", "text": _TEXT}
_OPTION: Final = {"key": "", "text": _TEXT}
#: Surveys to begin with: another's questions, to be changed.
_OFFERED: Final = 50


@page("/surveys/new", "surveys", may=Permission.CARE_CHANGE)
async def new_survey(visit: Visit, like: str = "") -> None:
    """Write a new survey, a draft; another one may begin it."""
    retitle(visit.say("surveys.new"))
    others = await tried(list_surveys(visit, None, _OFFERED))
    known = [] if isinstance(others, Fault) else others.items
    form = DocumentForm(visit, begun_like(like, known), SurveyRequest, _lay_new)
    save_button(visit, "survey", lambda: create(visit, "survey", form, SurveyAnswer))
    if isinstance(others, Fault):
        fault_card(visit, others)
    for survey in known:
        label = visit.say("surveys.begin_like", title=title_of(visit, survey))
        ui.link(label, f"/surveys/new?like={survey.key}").classes("tl-begin")
    form.show()


def begun_like(key: str, surveys: list[SurveyAnswer]) -> dict[str, Any]:
    """Begin with the questions of another survey, else with one question."""
    for survey in surveys:
        if survey.key == key:
            return {"key": "", **body_of(survey)}
    return {"key": "", "title": _TEXT, "questions": [_QUESTION], "expires_days": 30}


@page("/surveys/{key}/edit", "surveys", may=Permission.CARE_CHANGE)
async def edit_survey(visit: Visit, key: str) -> None:
    """Write a survey anew that is as it was read: a new version."""
    found = await one_survey(visit, key)
    retitle(title_of(visit, found))
    form = DocumentForm(visit, body_of(found), SurveyDocument, _lay)
    save_button(visit, "survey", lambda: rewrite(visit, "survey", form, found, SurveyAnswer))
    form.show()


def _lay_new(form: DocumentForm) -> None:
    form.text(form.visit.say("surveys.key"), "key")
    _lay(form)


def _lay(form: DocumentForm) -> None:
    say = form.visit.say
    form.local(say("surveys.column_title"), "title")
    form.local(say("surveys.intro"), "intro", is_long=True)
    form.local(say("surveys.thanks"), "thanks", is_long=True)
    with ui.element("div").classes("tl-form"):
        form.number(say("surveys.expires_days"), "expires_days")
        form.flag(say("surveys.anonymous"), "is_anonymous")
    for number, question in enumerate(list_at(form.document, ("questions",))):
        _question(form, number, str(at(question, ("kind",))))
    form.add(say("surveys.add_question"), _QUESTION, "questions")


def _question(form: DocumentForm, number: int, kind: str) -> None:
    say = form.visit.say
    with ui.element("div").classes("tl-row"):
        heading(say("surveys.question", n=number + 1), level=3)
        form.remove(say("surveys.remove_question", n=number + 1), number, "questions")
    with ui.element("div").classes("tl-form"):
        form.text(say("surveys.question_key"), "questions", number, "key")
        kinds = words_for(form.visit, "surveys.kind_", KINDS)
        form.choose(say("surveys.kind"), kinds, "questions", number, "kind", is_deciding=True)
        form.flag(say("surveys.required"), "questions", number, "required")
    form.local(say("surveys.text"), "questions", number, "text")
    if kind in WITH_OPTIONS:
        _options(form, number)
    if kind == "scale":
        with ui.element("div").classes("tl-form"):
            form.number(say("surveys.scale_min"), "questions", number, "scale", "min")
            form.number(say("surveys.scale_max"), "questions", number, "scale", "max")
    form.text(say("surveys.attribute"), "questions", number, "attribute")


def _options(form: DocumentForm, number: int) -> None:
    say, path = form.visit.say, ("questions", number, "options")
    for place, _ in enumerate(list_at(form.document, path)):
        with ui.element("div").classes("tl-item tl-item-3"):
            form.text(say("surveys.option_key"), *path, place, "key")
            form.text(f"{say('surveys.option')} (English)", *path, place, "text", "en")
            form.text(f"{say('surveys.option')} (中文)", *path, place, "text", "zh")
            form.remove(say("surveys.remove_option"), place, *path)
    form.add(say("surveys.add_option"), _OPTION, *path)
