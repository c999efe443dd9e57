"""What a review says of a question that it has too little data for, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.feedback.domain.reviews.finding import Code, TooFew
from services.feedback.domain.reviews.judging import YEAR_DAYS

Text = Mapping[str, str]

_WORDS: Final[Mapping[Code, Text]] = {
    Code.FREQUENCY_DROP: {
        "en": "Whether {tier} orders less cannot be told: one of the two quarters has {have}"
        " members, {needed} are needed.",
        "zh": "无法判断{tier}的下单频次是否下降：其中一个季度只有{have}名会员，需要{needed}名。",
    },
    Code.FALLING_SATISFACTION: {
        "en": "Whether {tier} is less satisfied ({subject}) cannot be told: one of the two quarters"
        " has {have} answers, {needed} are needed.",
        "zh": "无法判断{tier}的满意度（{subject}）是否下降：其中一个季度只有{have}份回答，"
        "需要{needed}份。",
    },
    Code.BREACHED_SERVICE: {
        "en": "Whether the service level of {tier} is kept cannot be told: there are {have} cases"
        " this quarter, {needed} are needed.",
        "zh": "无法判断是否兑现了对{tier}的服务承诺：本季度只有{have}个工单，需要{needed}个。",
    },
    Code.UNUSED_BENEFIT: {
        "en": "Whether “{subject}” is used cannot be told: {have} members may use it, {needed} are"
        " needed.",
        "zh": "无法判断“{subject}”是否有人使用：只有{have}名会员有权使用，需要{needed}名。",
    },
    Code.WEAK_PLAYBOOK: {
        "en": "Whether “{subject}” works cannot be told: it has {have} contacts this quarter,"
        " {needed} are needed.",
        "zh": "无法判断“{subject}”是否有效：本季度只有{have}次联系，需要{needed}次。",
    },
    Code.NO_EFFECT: {
        "en": "The experiment “{subject}” has too little data for a verdict; its result says how"
        " much it takes.",
        "zh": "实验“{subject}”的数据不足以得出结论；其结果中写明还需要多少数据。",
    },
    Code.NOBODY_LEAVES: {
        "en": "Whether anybody leaves {tier} cannot be told: it has {have} members, {needed} are"
        " needed.",
        "zh": "无法判断是否有人离开{tier}：只有{have}名会员，需要{needed}名。",
    },
}
_OF_DAYS: Final[Text] = {
    "en": "Whether anybody leaves {tier} cannot be told: tiers are recorded for {have} days,"
    " {needed} are needed.",
    "zh": "无法判断是否有人离开{tier}：等级只记录了{have}天，需要{needed}天。",
}
_SUBJECTS: Final = {
    Code.UNUSED_BENEFIT: "benefit",
    Code.WEAK_PLAYBOOK: "playbook",
    Code.NO_EFFECT: "trial",
}


def lacking(few: TooFew) -> Text:
    """Say in both languages what is lacking; what has no name is called by its key."""
    # members are never asked for in such a number
    is_of_days = few.code is Code.NOBODY_LEAVES and few.needed == YEAR_DAYS
    phrases = _OF_DAYS if is_of_days else _WORDS[few.code]
    tier = few.names.get("tier") or _as_it_is(few.tier)
    subject = few.names.get(_SUBJECTS.get(few.code, "")) or _as_it_is(few.subject)
    return {
        language: phrase.format(
            tier=tier[language], subject=subject[language], have=few.have, needed=few.needed
        )
        for language, phrase in phrases.items()
    }


def _as_it_is(key: str | None) -> Text:
    return {"en": key or "", "zh": key or ""}
