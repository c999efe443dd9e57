"""One entry of a time line, and what it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.feedback.domain.contacts.place import Place

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened and where it stands; amounts in `details` are minor units."""

    place: Place
    details: Mapping[str, Any]


_SAID: Final[Mapping[str, Words]] = {
    "csat": {"en": "Satisfaction", "zh": "满意度"},
    "nps": {"en": "Would recommend us", "zh": "推荐意愿"},
    "ces": {"en": "Ease of dealing with us", "zh": "省力程度"},
    "review": {"en": "Review", "zh": "评价"},
    "complaint": {"en": "Complaint", "zh": "投诉"},
    "suggestion": {"en": "Suggestion", "zh": "建议"},
    "interview": {"en": "Interview", "zh": "访谈"},
    "focus_group": {"en": "Focus group", "zh": "焦点小组"},
    "text": {"en": "Said in their own words", "zh": "客户留言"},
    "tier_dispute": {"en": "Dispute about the tier", "zh": "对等级的异议"},
    "offer_response": {"en": "Answer to an offer", "zh": "对优惠的回应"},
}
_CONTACTS: Final[Mapping[str, Words]] = {
    "call": {"en": "Call", "zh": "电话"},
    "visit": {"en": "Visit", "zh": "到访"},
    "mail": {"en": "Mail", "zh": "邮件"},
    "chat": {"en": "Chat", "zh": "在线交谈"},
    "message": {"en": "Message", "zh": "消息"},
    "meeting": {"en": "Meeting", "zh": "会面"},
}
_DIRECTIONS: Final[Mapping[str, Words]] = {
    "in": {"en": "from the customer", "zh": "来自客户"},
    "out": {"en": "to the customer", "zh": "致客户"},
}
_ANSWERS: Final[Mapping[str, Words]] = {
    "accepted": {"en": "accepted", "zh": "接受"},
    "declined": {"en": "declined", "zh": "谢绝"},
    "ignored": {"en": "ignored", "zh": "未回应"},
}
_POINTS: Final[Mapping[str, Words]] = {
    "earned": {"en": "Points earned", "zh": "获得积分"},
    "referral": {"en": "Points for bringing somebody", "zh": "推荐所得积分"},
    "adjusted": {"en": "Points adjusted", "zh": "调整积分"},
    "redeemed": {"en": "Points redeemed", "zh": "兑换积分"},
    "cancelled": {"en": "Redemption cancelled", "zh": "取消兑换"},
    "expired": {"en": "Points expired", "zh": "积分过期"},
    "clawed_back": {"en": "Points taken back", "zh": "收回积分"},
}
_CASES: Final[Mapping[str, Words]] = {
    "opened": {"en": "opened", "zh": "已受理"},
    "answered": {"en": "answered", "zh": "已回复"},
    "resolved": {"en": "resolved", "zh": "已解决"},
    "improved": {"en": "improved", "zh": "已改进"},
    "reopened": {"en": "reopened", "zh": "重新打开"},
    "assigned": {"en": "given to somebody", "zh": "已分派"},
    "prioritised": {"en": "priority changed", "zh": "调整优先级"},
    "promised": {"en": "service level found out", "zh": "确定服务时限"},
    "breached": {"en": "promise missed", "zh": "超出承诺时限"},
    "decided": {"en": "decided", "zh": "已裁定"},
    "noted": {"en": "noted", "zh": "已备注"},
    "reworded": {"en": "reworded", "zh": "已改写"},
}


def title_of(kind: str, details: Mapping[str, Any]) -> Words:
    """Say in both languages what happened; `details` with amounts as they are shown."""
    return _TITLES[kind](details)


def _known(table: Mapping[str, Words], key: object) -> Words:
    name = str(key)
    return table.get(name, {"en": name.replace("_", " "), "zh": name.replace("_", " ")})


def _both(en: str, zh: str) -> Words:
    return {"en": en, "zh": zh}


def _benefit(details: Mapping[str, Any]) -> Words:
    key = details["benefit"]
    if "cancelled_at" in details:
        return _both(f"Use of a benefit cancelled: {key}", f"取消使用权益：{key}")
    return _both(f"Benefit used: {key}", f"使用权益：{key}")


def _case(details: Mapping[str, Any]) -> Words:
    about, what = _known(_SAID, details["case_kind"]), _known(_CASES, details["happening"])
    return _both(f"Case ({about['en']}): {what['en']}", f"工单（{about['zh']}）：{what['zh']}")


def _experiment(details: Mapping[str, Any]) -> Words:
    key, arm = details["experiment"], details["arm"]
    return _both(f"In experiment {key}: {arm}", f"参与实验 {key}：{arm}")


def _feedback(details: Mapping[str, Any]) -> Words:
    words, rating = _known(_SAID, details["said"]), details.get("rating")
    return (
        words if rating is None else _both(f"{words['en']}: {rating}", f"{words['zh']}：{rating}")
    )


def _interaction(details: Mapping[str, Any]) -> Words:
    what, way = _known(_CONTACTS, details["contact"]), _known(_DIRECTIONS, details["direction"])
    return _both(f"{what['en']} {way['en']}", f"{what['zh']}（{way['zh']}）")


def _merge(details: Mapping[str, Any]) -> Words:
    other = details.get("other")
    en, zh = (f" {other}", f" {other} ") if other else (" a profile without an id", "无编号的档案")
    if details["is_undone"]:
        return _both(f"Separated again from{en}", f"与{zh}重新分开")
    return _both(f"Merged with{en}", f"与{zh}合并")


def _offer(details: Mapping[str, Any]) -> Words:
    key, answer = details["offer"], _known(_ANSWERS, details["answer"])
    name = details.get("name") or _both(key, key)
    return _both(f"Offer {answer['en']}: {name['en']}", f"{answer['zh']}优惠：{name['zh']}")


def _points(details: Mapping[str, Any]) -> Words:
    what, points = _known(_POINTS, details["happening"]), details["points"]
    return _both(f"{what['en']}: {points}", f"{what['zh']}：{points}")


def _purchase(details: Mapping[str, Any]) -> Words:
    net = _money(details["net"])
    if details["is_void"]:
        return _both(f"Purchase that was voided: {net}", f"已作废的消费：{net}")
    return _both(f"Purchase: {net}", f"消费：{net}")


def _return(details: Mapping[str, Any]) -> Words:
    if details["happening"] == "void":
        return _both("Purchase voided", "消费作废")
    if "net" not in details:
        return _both("Everything returned", "全部退货")
    net = _money(details["net"])
    return _both(f"Goods returned: {net}", f"退货：{net}")


def _survey(details: Mapping[str, Any]) -> Words:
    key = details["survey"]
    return _both(f"Survey answered: {key}", f"完成问卷：{key}")


def _task(details: Mapping[str, Any]) -> Words:
    title: Words = details["title"]
    return _both(f"Done: {title['en']}", f"已完成：{title['zh']}")


def _tier(details: Mapping[str, Any]) -> Words:
    before, after = details.get("from_name"), details["to_name"]
    if before is None:
        return _both(f"Tier: {after['en']}", f"等级：{after['zh']}")
    return _both(f"Tier: {before['en']} → {after['en']}", f"等级：{before['zh']} → {after['zh']}")


def _money(shown: Mapping[str, str]) -> str:
    return f"{shown['amount']} {shown['currency']}"


_TITLES: Final[Mapping[str, Callable[[Mapping[str, Any]], Words]]] = {
    "benefit": _benefit,
    "case": _case,
    "experiment": _experiment,
    "feedback": _feedback,
    "interaction": _interaction,
    "merge": _merge,
    "offer": _offer,
    "points": _points,
    "points_earned": _points,
    "purchase": _purchase,
    "return": _return,
    "survey": _survey,
    "task": _task,
    "tier": _tier,
}
