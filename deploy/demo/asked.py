"""The survey of the demo shop: whom it asks, and answers that fit how they buy."""

from collections.abc import Iterator

import numpy as np

from deploy.demo.names import Body
from deploy.demo.planted import customer_id
from deploy.demo.population import Population
from deploy.demo.spec import ShopSpec

SURVEY = "autumn-visit"
_PURPOSE = 9
MOST_ASKED = 120
#: Who still buys answers a survey; few of those who have left do, and they are less content.
ANSWER_SHARE = {True: 0.6, False: 0.2}
CONTENT = {True: (0.02, 0.05, 0.13, 0.42, 0.38), False: (0.15, 0.25, 0.30, 0.20, 0.10)}
ENGLISH_SHARE = 0.1
#: Until when a habit counts as this time of day, in hours.
TIMES = ((11.0, "morning"), (14.0, "noon"), (17.5, "afternoon"), (24.0, "evening"))
MOSTLY_ONLINE, SOMETIMES_ONLINE = 0.5, 0.1
WORDS = {
    "en": "The queue was long and nobody said a word.",
    "zh": "排队太久，也没有人招呼。",
}


def survey_body() -> Body:
    """Write the survey as the body of `POST /v1/surveys`."""
    return {
        "key": SURVEY,
        "title": {"en": "How do you like us this autumn?", "zh": "今年秋天，您还满意吗？"},
        "intro": {"en": "Five questions, one minute.", "zh": "五个问题，只需一分钟。"},
        "thanks": {"en": "Thank you! See you soon.", "zh": "感谢您！期待再次光临。"},
        "questions": [
            {"key": "satisfaction", "kind": "csat", "required": True,
             "text": {"en": "How satisfied are you with us?", "zh": "您对我们满意吗？"}},
            {"key": "why", "kind": "text", "max_length": 500,
             "text": {"en": "What went wrong?", "zh": "哪里让您不满意？"},
             "show_if": {"not": {"gte": {"question": "satisfaction", "value": 3}}}},
            {"key": "recommend", "kind": "nps",
             "text": {"en": "Would you recommend us to a friend?",
                      "zh": "您愿意向朋友推荐我们吗？"}},
            {"key": "time", "kind": "single", "attribute": "lifestyle.coffee_time",
             "text": {"en": "When is your coffee time?", "zh": "您通常什么时候喝咖啡？"},
             "options": [_option("morning", "On the way to work", "上班路上"),
                         _option("noon", "At lunch", "午餐时"),
                         _option("afternoon", "In the afternoon", "下午"),
                         _option("evening", "In the evening", "晚上")]},
            {"key": "place", "kind": "single", "attribute": "preferences.place",
             "text": {"en": "Where do you like to buy?", "zh": "您更喜欢在哪里购买？"},
             "options": [_option("store", "In the store", "门店"),
                         _option("online", "Online", "线上"),
                         _option("both", "Both", "都可以")]},
        ],
    }  # fmt: skip


def asked_rows(spec: ShopSpec) -> list[int]:
    """Draw whom to ask, as rows of the population."""
    count = min(MOST_ASKED, spec.customers // 2)
    drawn = spec.random(_PURPOSE).permutation(spec.customers)[:count]
    return sorted(int(row) for row in drawn)


def answers(spec: ShopSpec, crowd: Population) -> Iterator[tuple[str, Body | None]]:
    """Yield each customer who is asked and the body of their answers, None from the silent."""
    for row in asked_rows(spec):
        dice = np.random.default_rng([spec.seed, _PURPOSE, row])
        yield customer_id(spec, row + 1), _answer(crowd, row, spec.days, dice)


def _answer(crowd: Population, row: int, days: int, dice: np.random.Generator) -> Body | None:
    is_here = bool(crowd.left[row] >= days)
    if dice.random() >= ANSWER_SHARE[is_here]:
        return None
    rating = 1 + int(dice.choice(5, p=CONTENT[is_here]))
    language = "en" if dice.random() < ENGLISH_SHARE else "zh"
    given: Body = {
        "satisfaction": rating,
        "recommend": min(10, 2 * rating - int(dice.integers(0, 3)) + 1),
        "time": next(name for until, name in TIMES if crowd.hour[row] < until),
        "place": _place(float(crowd.online[row])),
    }
    if rating < 3:
        given["why"] = WORDS[language]
    return {"answers": given, "language": language}


def _place(online: float) -> str:
    if online >= MOSTLY_ONLINE:
        return "online"
    return "both" if online >= SOMETIMES_ONLINE else "store"


def _option(key: str, en: str, zh: str) -> Body:
    return {"key": key, "text": {"en": en, "zh": zh}}
