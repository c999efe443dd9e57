"""The page of a survey as HTML: every word of others is escaped, it works without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from services.feedback.domain.surveys.questions import CHOICES, NUMBERS, Answer, Question, Survey
from services.feedback.domain.surveys.steps import PREFIX, step_before, steps_of
from services.feedback.routes.survey_page import words
from services.feedback.routes.survey_page.style import STYLE

_MANY_POINTS = 7


@dataclass(frozen=True, slots=True)
class StepView:
    """One step to show: its questions, what was answered, and the codes of what was wrong."""

    survey: Survey
    number: int
    questions: Sequence[Question]
    answers: Mapping[str, Answer]
    faults: Mapping[str, str]
    language: str


def step_page(view: StepView) -> str:
    """Write the form of one step."""
    asked = [_question(question, view) for question in view.questions]
    form = (
        '<form method="post" accept-charset="utf-8">'
        f'<input type="hidden" name="step" value="{view.number}">'
        f'<input type="hidden" name="lang" value="{view.language}">'
        f"{''.join(asked)}{_moves(view)}</form>"
    )
    title = view.survey.title[view.language]
    return _page(title, f"{_head(view)}{_notice(view)}{form}", view.language, view.number)


def thanks_page(survey: Survey, language: str) -> str:
    """Write what is shown once all is answered."""
    text = survey.thanks or words.THANKS
    title = words.THANKS_TITLE[language]
    body = f'<header class="card"><h1>{title}</h1><p>{escape(text[language])}</p></header>'
    return _page(title, body, language)


def refusal_page(slug: str, language: str) -> str:
    """Write why nothing can be answered here."""
    title, text = words.REFUSALS.get(slug, words.TROUBLE)
    body = f'<header class="card"><h1>{title[language]}</h1><p>{text[language]}</p></header>'
    return _page(title[language], body, language)


def _page(title: str, body: str, language: str, step: int = 0) -> str:
    other = "en" if language == "zh" else "zh"
    tag = words.LANGUAGE_TAGS[other]
    switch = (
        f'<nav class="top"><a href="?lang={other}&amp;step={step}" hreflang="{tag}" lang="{tag}">'
        f"{words.SWITCH[language]}</a></nav>"
    )
    return (
        f'<!doctype html><html lang="{words.LANGUAGE_TAGS[language]}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{switch}{body}</main></body></html>"
    )


def _head(view: StepView) -> str:
    survey, language = view.survey, view.language
    steps, number = len(steps_of(survey)), view.number + 1
    parts = [f"<h1>{escape(survey.title[language])}</h1>"]
    if survey.intro is not None and view.number == 0:
        parts.append(f"<p>{escape(survey.intro[language])}</p>")
    if survey.is_anonymous:
        parts.append(f'<p class="soft">{words.ANONYMOUS[language]}</p>')
    if steps > 1:
        said = words.STEP[language].format(n=number, all=steps)
        parts.append(
            f'<progress max="{steps}" value="{number}" aria-label="{said}"></progress>'
            f'<p class="soft">{said}</p>'
        )
    return f'<header class="card">{"".join(parts)}</header>'


def _notice(view: StepView) -> str:
    if not view.faults:
        return ""
    links = (
        f'<li><a href="#{_id(question)}">{escape(question.text[view.language])}</a></li>'
        for question in view.questions
        if question.key in view.faults
    )
    said = f"<strong>{words.PLEASE_LOOK[view.language]}</strong><ul>{''.join(links)}</ul>"
    return f'<div class="card notice" role="alert">{said}</div>'


def _moves(view: StepView) -> str:
    steps = len(steps_of(view.survey))
    onward = words.SEND if view.number == steps - 1 else words.NEXT
    buttons = [f'<button name="move" value="on">{onward[view.language]}</button>']
    if step_before(view.survey, view.answers, view.number) is not None:
        back = words.BACK[view.language]
        buttons.append(
            f'<button class="quiet" name="move" value="back" formnovalidate>{back}</button>'
        )
    return f'<div class="moves">{"".join(buttons)}</div>'


def _question(question: Question, view: StepView) -> str:
    fault = view.faults.get(question.key)
    label = escape(question.text[view.language]) + _need(question, view.language)
    about = _about(question, view) + _fault(question, fault, view.language)
    is_group = question.kind in NUMBERS | CHOICES | {"yes_no"}
    field = _field(question, view)
    bad = " bad" if fault else ""
    if is_group:
        inside = f"<legend>{label}</legend>{about}{field}"
        inner = f"<fieldset{_described(question, view)}>{inside}</fieldset>"
    else:
        inner = f'<label class="asked" for="{_id(question)}-in">{label}</label>{about}{field}'
    return f'<section class="card{bad}" id="{_id(question)}">{inner}</section>'


def _id(question: Question) -> str:
    return f"q-{question.key}"


def _need(question: Question, language: str) -> str:
    return f'<span class="need">{words.REQUIRED[language]}</span>' if question.is_required else ""


def _about(question: Question, view: StepView) -> str:
    texts = [] if question.help is None else [escape(question.help[view.language])]
    if question.kind == "multi":
        texts.append(words.SEVERAL[view.language])
    said = "<br>".join(texts)
    return f'<p class="soft" id="{_id(question)}-help">{said}</p>' if said else ""


def _fault(question: Question, code: str | None, language: str) -> str:
    if code is None:
        return ""
    said = words.FAULTS.get(code, words.ANY_FAULT)[language].format(
        longest=question.longest, lowest=question.lowest, highest=question.highest
    )
    return f'<p class="fault" id="{_id(question)}-fault">{said}</p>'


def _described(question: Question, view: StepView) -> str:
    has_help = question.help is not None or question.kind == "multi"
    names = [f"{_id(question)}-help"] if has_help else []
    names += [f"{_id(question)}-fault"] if question.key in view.faults else []
    return f' aria-describedby="{" ".join(names)}"' if names else ""


def _field(question: Question, view: StepView) -> str:
    value = view.answers.get(question.key)
    match question.kind:
        case "text":
            typed = escape(value) if isinstance(value, str) else ""
            return (
                f'<textarea id="{_id(question)}-in" name="{PREFIX}{question.key}" '
                f'maxlength="{question.longest}"{_flags(question, view)}>\n{typed}</textarea>'
            )
        case "date":
            typed = escape(value) if isinstance(value, str) else ""
            return (
                f'<input type="date" id="{_id(question)}-in" name="{PREFIX}{question.key}" '
                f'value="{typed}" min="1900-01-01" max="2199-12-31"{_flags(question, view)}>'
            )
        case "multi":
            chosen = value if isinstance(value, list) else []
            picks = (
                _pick(question, key, text[view.language], is_on=key in chosen)
                for key, text in question.options.items()
            )
            return f'<div class="choices">{"".join(picks)}</div>'
        case _:
            return _one_of(question, view, value)


def _flags(question: Question, view: StepView) -> str:
    wrong = ' aria-invalid="true"' if question.key in view.faults else ""
    required = " required" if question.is_required else ""
    return f"{required}{wrong}{_described(question, view)}"


def _one_of(question: Question, view: StepView, value: Answer | None) -> str:
    language = view.language
    # An answer that was refused may be of any type; as a text it is compared with what is offered.
    given = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    picks = "".join(
        _pick(question, key, text, is_on=value is not None and key == given)
        for key, text in _offered(question, language)
    )
    none = ""
    if not question.is_required:
        is_on = value is None
        none = _pick(question, "", words.NO_ANSWER[language], is_on=is_on, kind="pick none")
    if question.kind not in NUMBERS:
        return f'<div class="choices">{picks}</div>{none}'
    wide = " wide" if question.highest - question.lowest >= _MANY_POINTS else ""
    return f'<div class="points{wide}">{picks}</div>{_ends(question, language)}{none}'


def _offered(question: Question, language: str) -> Iterable[tuple[str, str]]:
    if question.kind in NUMBERS:
        star = "★" if question.kind == "rating" else ""
        return [(str(n), f"{n}{star}") for n in range(question.lowest, question.highest + 1)]
    if question.kind == "yes_no":
        return [("yes", words.YES[language]), ("no", words.NO[language])]
    return [(key, text[language]) for key, text in question.options.items()]


def _pick(question: Question, key: str, text: str, *, is_on: bool, kind: str = "pick") -> str:
    is_many = question.kind == "multi"
    sort = "checkbox" if is_many else "radio"
    flags = (" required" if question.is_required and not is_many else "") + (
        " checked" if is_on else ""
    )
    return (
        f'<label class="{kind}{" many" if is_many else ""}"><input type="{sort}" '
        f'name="{PREFIX}{question.key}" value="{escape(key)}"{flags}>'
        f"<span>{escape(text)}</span></label>"
    )


def _ends(question: Question, language: str) -> str:
    usual = words.ENDS.get(question.kind, (None, None))
    low, high = (own or common for own, common in zip(question.labels, usual, strict=True))
    if low is None and high is None:
        return ""
    said = [escape(each[language]) if each else "" for each in (low, high)]
    return f'<div class="ends"><span>{said[0]}</span><span>{said[1]}</span></div>'
