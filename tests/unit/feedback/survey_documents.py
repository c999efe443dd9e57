"""Surveys for tests: one of every kind of question, and one with branches."""

from typing import Any

from services.feedback.domain.surveys.questions import Survey, survey_of
from shared.contracts.surveys import SurveyDocument

Item = dict[str, Any]
TEXT = {"en": "How?", "zh": "如何？"}
OPTIONS = [{"key": key, "text": {"en": key, "zh": key}} for key in ("light", "dark")]
SCALE = {"min": 0, "max": 4}


def ask(key: str, kind: str = "csat", **changes: object) -> Item:
    """One question, with what its kind needs."""
    needed: Item = {"single": {"options": OPTIONS}, "multi": {"options": OPTIONS}}.get(kind, {})
    if kind == "scale":
        needed = {"scale": SCALE}
    return {"key": key, "kind": kind, "text": TEXT, **needed, **changes}


def make_document(*questions: Item, **changes: object) -> Item:
    """A survey of these questions, as it is stored."""
    asked = list(questions) or [ask("satisfaction", required=True)]
    written = {"title": {"en": "Your visit", "zh": "您的光临"}, "questions": asked} | changes
    return SurveyDocument.model_validate(written).model_dump(mode="json")


def make_survey(*questions: Item, **changes: object) -> Survey:
    """The same as it is asked."""
    return survey_of(make_document(*questions, **changes))


KINDS = (
    "csat", "nps", "ces", "rating", "scale", "single", "multi", "text", "yes_no", "date",
)  # fmt: skip
EVERY = make_survey(*(ask(kind, kind) for kind in KINDS))
#: Who is not satisfied is asked why; who says it was cold, how cold.
BRANCHES = (
    ask("satisfaction", required=True),
    ask("why", "single", show_if={"not": {"gte": {"question": "satisfaction", "value": 3}}},
        required=True),
    ask("more", "text", show_if={"eq": {"question": "why", "value": "dark"}}),
    ask("again", "yes_no"),
)  # fmt: skip
