"""A survey as it is asked: its questions, their kinds, and the range each kind has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

#: Ratings that are feedback of their own, with the range feedback gives them.
FEEDBACK_KINDS: Final[Mapping[str, tuple[int, int]]] = {
    "csat": (1, 5),
    "nps": (0, 10),
    "ces": (1, 7),
}
_STARS: Final = (1, 5)
CHOICES: Final = frozenset({"single", "multi"})
NUMBERS: Final = frozenset({*FEEDBACK_KINDS, "rating", "scale"})
#: Kept apart from what is counted: words and dates say who somebody is.
WORDS: Final = frozenset({"text", "date"})
LONGEST_TEXT: Final = 2000

Answer = int | str | bool | list[str]
Answers = Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `lowest` and `highest` only where numbers are answered."""

    key: str
    kind: str
    text: Mapping[str, str]
    help: Mapping[str, str] | None
    options: Mapping[str, Mapping[str, str]]
    is_required: bool
    lowest: int
    highest: int
    labels: tuple[Mapping[str, str] | None, Mapping[str, str] | None]
    longest: int
    show_if: Mapping[str, Any] | None
    attribute: str | None


@dataclass(frozen=True, slots=True)
class Survey:
    """One version of a survey."""

    title: Mapping[str, str]
    intro: Mapping[str, str] | None
    thanks: Mapping[str, str] | None
    questions: tuple[Question, ...]
    expires_days: int
    is_anonymous: bool


def survey_of(document: Mapping[str, Any]) -> Survey:
    """Read a stored document, checked when it was written."""
    return Survey(
        title=document["title"],
        intro=document.get("intro"),
        thanks=document.get("thanks"),
        questions=tuple(_question(each) for each in document["questions"]),
        expires_days=document["expires_days"],
        is_anonymous=document["is_anonymous"],
    )


def _question(item: Mapping[str, Any]) -> Question:
    scale = item.get("scale") or {}
    lowest, highest = range_of(item["kind"], scale)
    return Question(
        key=item["key"],
        kind=item["kind"],
        text=item["text"],
        help=item.get("help"),
        options={option["key"]: option["text"] for option in item.get("options") or ()},
        is_required=item["required"],
        lowest=lowest,
        highest=highest,
        labels=(scale.get("min_label"), scale.get("max_label")),
        longest=item.get("max_length") or LONGEST_TEXT,
        show_if=item.get("show_if"),
        attribute=item.get("attribute"),
    )


def range_of(kind: str, scale: Mapping[str, Any]) -> tuple[int, int]:
    """Give the least and the greatest number a kind may be answered with."""
    if kind == "scale":
        return scale["min"], scale["max"]
    return FEEDBACK_KINDS.get(kind, _STARS)


def named(questions: Sequence[Question]) -> Mapping[str, Question]:
    """Give questions by their keys."""
    return {question.key: question for question in questions}


def rated(survey: Survey, answers: Answers) -> Iterator[tuple[Question, int]]:
    """Give the answers that are feedback of their own."""
    for question in survey.questions:
        value = answers.get(question.key)
        if question.kind in FEEDBACK_KINDS and isinstance(value, int):
            yield question, value
