"""Surveys in words: rows, what each question was answered, and how far invitations got."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.console.parts.care import customer_cells, cut, text_in
from services.console.parts.charts import AS_PERCENT, Options
from services.console.parts.drafts import at, list_at
from services.console.parts.tables import Row
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.surveys import (
    QuestionResult,
    ResponseItem,
    SurveyAnswer,
    SurveyReach,
    TierReach,
    ValueCount,
)

KINDS: Final = (
    "csat", "nps", "ces", "rating", "scale", "single", "multi", "text", "yes_no", "date",
)  # fmt: skip
WITH_OPTIONS: Final = frozenset({"single", "multi"})
Question = Mapping[str, Any]


def survey_row(visit: Visit, survey: SurveyAnswer) -> Row:
    """Give a survey as a row."""
    return {
        "title": title_of(visit, survey) or survey.key,
        "title_href": f"/surveys/{survey.key}",
        "state": visit.say(f"surveys.state_{survey.state}"),
        "questions": len(list_at(survey.document, ("questions",))),
        "version": survey.version,
        "updated": visit.formats.instant(survey.updated_at),
    }


def title_of(visit: Visit, survey: SurveyAnswer) -> str:
    """Give a survey's title."""
    return text_in(visit, survey.document.get("title"))


def body_of(survey: SurveyAnswer) -> dict[str, Any]:
    """Give a survey's document as it is written: what is empty is left out."""
    bare: dict[str, Any] = _bare(survey.document)
    return bare


def _bare(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _bare(each) for name, each in part.items() if each is not None}
    return [_bare(each) for each in part] if isinstance(part, list) else part


def question_lines(survey: SurveyAnswer) -> list[tuple[str, str, str, list[str]]]:
    """Give each question: its kind, its text in both languages, its options in both."""
    lines = []
    for question in list_at(survey.document, ("questions",)):
        options = [
            f"{at(option, ('text', 'en'))} / {at(option, ('text', 'zh'))}"
            for option in list_at(question, ("options",))
        ]
        text = question.get("text") or {}
        lines.append((str(question.get("kind")), str(text.get("en")), str(text.get("zh")), options))
    return lines


def value_word(visit: Visit, value: ValueCount) -> str:
    """Name a value that was answered."""
    if value.text is not None:
        return visit.local(value.text)
    if isinstance(value.value, bool):
        return visit.say("surveys.yes" if value.value else "surveys.no")
    return str(value.value)


def distribution(visit: Visit, result: QuestionResult) -> Options:
    """Draw how often each value was answered."""
    return {
        "xAxis": {"type": "category", "data": [value_word(visit, v) for v in result.distribution]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "type": "bar",
                "name": visit.say("surveys.answers"),
                "barMaxWidth": 48,
                "data": [v.count for v in result.distribution],
            }
        ],
    }


def distribution_lines(visit: Visit, result: QuestionResult) -> list[list[str]]:
    """Write how often each value was answered, and its share of who answered."""
    write = visit.formats
    return [
        [
            value_word(visit, value),
            write.number(value.count),
            write.percent(value.count / result.answered if result.answered else None, digits=0),
        ]
        for value in result.distribution
    ]


def summary_of(visit: Visit, result: QuestionResult) -> str:
    """Say what a question came to."""
    count = visit.formats.number(result.answered)
    if result.nps is not None:
        score = visit.formats.number(result.nps.score, digits=1)
        return visit.say("surveys.nps_summary", n=count, score=score)
    if result.mean is not None:
        mean = visit.formats.number(result.mean, digits=2)
        return visit.say("surveys.mean_summary", n=count, mean=mean)
    return visit.say("surveys.count_summary", n=count)


def reach_line(visit: Visit, name: str, reach: SurveyReach) -> list[str]:
    """Write how far the invitations of some people got."""
    write = visit.formats
    counts = (reach.sent, reach.opened, reach.answered)
    return [name, *map(write.number, counts), write.percent(reach.response_rate)]


def tier_word(visit: Visit, reach: TierReach) -> str:
    """Name the tier that was held at the invitation."""
    if reach.tier_held is not None:
        return visit.local(reach.tier_held.tier.name)
    return visit.say("surveys.no_tier" if reach.is_tier_known else "surveys.tier_unknown")


def reach_options(visit: Visit, tiers: Sequence[TierReach]) -> Options:
    """Draw who answered of those invited, by tier."""
    return {
        "xAxis": {"type": "category", "data": [tier_word(visit, tier) for tier in tiers]},
        "yAxis": {"type": "value", "min": 0, "axisLabel": {":formatter": AS_PERCENT}},
        "series": [
            {
                "type": "bar",
                "name": visit.say("surveys.column_rate"),
                "barMaxWidth": 48,
                "data": [tier.response_rate for tier in tiers],
            }
        ],
    }


def response_row(visit: Visit, item: ResponseItem, questions: Sequence[Question]) -> Row:
    """Give the answers of one person as a row."""
    tier = item.tier_held.tier.name if item.tier_held else None
    return {
        "at": visit.formats.instant(item.answered_at),
        "tier": visit.local(tier) or NOTHING,
        "version": item.version,
        "answers": "; ".join(
            f"{text_in(visit, question.get('text'))} {_answer(visit, question, item)}"
            for question in questions
            if str(question.get("key")) in item.answers
        ),
        **customer_cells(visit, item.customer_id),
    }


def _answer(visit: Visit, question: Question, item: ResponseItem) -> str:
    given = item.answers[str(question.get("key"))]
    names = {
        str(o.get("key")): text_in(visit, o.get("text")) for o in list_at(question, ("options",))
    }
    chosen = given if isinstance(given, list) else [given]
    return cut(", ".join(names.get(str(each), str(each)) for each in chosen))


def wanted_of(customers: str, segment: str) -> dict[str, object]:
    """Build whom to ask: customers one a line or by commas, else a segment."""
    listed = [name for name in customers.replace(",", "\n").split() if name]
    return {"customers": listed} if listed else {"segment": segment}
