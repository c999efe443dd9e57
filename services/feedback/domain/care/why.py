"""Why a task was made, in words for whoever does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.feedback.domain.care.festivals import FESTIVALS

Details = Mapping[str, Any]
Words = dict[str, str]


def why_of(details: Details) -> Words | None:
    """Say in both languages what a playbook's trigger saw; None for a task made by hand."""
    given = details.get("why")
    if isinstance(given, list):
        return _joined(given)
    if isinstance(given, Mapping):
        return {"en": str(given.get("en", "")), "zh": str(given.get("zh", ""))}
    say = _SAY.get(str(details.get("trigger")))
    return None if say is None else say(details)


def _joined(some: list[Any]) -> Words:
    told = [each for each in some if isinstance(each, Mapping)]
    return {
        "en": " ".join(str(each.get("en", "")) for each in told),
        "zh": "".join(str(each.get("zh", "")) for each in told),
    }


def _scheduled(details: Details) -> Words:
    day = str(details.get("occasion"))
    if day.startswith("manual:"):
        return _by_hand(details)
    return {"en": f"Due by schedule on {day}.", "zh": f"按计划于{day}联系。"}


def _by_hand(_details: Details) -> Words:
    return {"en": "Somebody ran the playbook.", "zh": "由员工手动启动。"}


def _entered(details: Details) -> Words:
    if details.get("segment"):
        key = details["segment"]
        return {"en": f"Entered the segment {key}.", "zh": f"进入人群{key}。"}
    tier, former = details.get("to"), details.get("from")
    if former is None:
        return {"en": f"Came to hold the tier {tier}.", "zh": f"获得等级{tier}。"}
    return {"en": f"Went from {former} to {tier}.", "zh": f"等级由{former}变为{tier}。"}


def _said(details: Details) -> Words:
    kind, rating = details.get("feedback_kind"), details.get("rating")
    if rating is None:
        return {"en": f"Gave feedback: {kind}.", "zh": f"提交了反馈：{kind}。"}
    return {"en": f"Rated {rating} ({kind}).", "zh": f"评分{rating}（{kind}）。"}


def _birthday(details: Details) -> Words:
    day = details.get("on")
    return {"en": f"Birthday on {day}.", "zh": f"{day}过生日。"}


def _festival(details: Details) -> Words:
    day, festival = details.get("on"), FESTIVALS.get(str(details.get("festival")))
    name = festival.name if festival else {"en": "A festival", "zh": "过节"}
    return {"en": f"{name['en']} on {day}.", "zh": f"{day}{name['zh']}。"}


_SAY: Final[Mapping[str, Callable[[Details], Words]]] = {
    "schedule": _scheduled,
    "manual": _by_hand,
    "entered": _entered,
    "feedback": _said,
    "birthday": _birthday,
    "festival": _festival,
}
