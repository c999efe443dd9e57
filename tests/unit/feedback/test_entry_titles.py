"""Every entry of a time line is called something in both languages, whatever it holds."""

from typing import Any

import pytest

from services.feedback.domain.contacts.entry import title_of

MONEY = {"amount": "37.50", "currency": "CNY"}
TITLES: list[tuple[str, dict[str, Any], str, str]] = [
    ("benefit", {"benefit": "cup"}, "Benefit used: cup", "使用权益：cup"),
    (
        "benefit",
        {"benefit": "cup", "cancelled_at": "2026-11-22"},
        "Use of a benefit cancelled: cup",
        "取消使用权益：cup",
    ),
    (
        "case",
        {"case_kind": "tier_dispute", "happening": "decided"},
        "Case (Dispute about the tier): decided",
        "工单（对等级的异议）：已裁定",
    ),
    (
        "case",
        {"case_kind": "call_back", "happening": "moved_on"},
        "Case (call back): moved on",
        "工单（call back）：moved on",
    ),
    (
        "experiment",
        {"experiment": "e", "arm": "held_out"},
        "In experiment e: held_out",
        "参与实验 e：held_out",
    ),
    ("feedback", {"said": "nps", "rating": 0}, "Would recommend us: 0", "推荐意愿：0"),
    ("feedback", {"said": "complaint"}, "Complaint", "投诉"),
    ("feedback", {"said": "text"}, "Said in their own words", "客户留言"),
    (
        "interaction",
        {"contact": "call", "direction": "in"},
        "Call from the customer",
        "电话（来自客户）",
    ),
    ("merge", {"other": "old", "is_undone": False}, "Merged with old", "与 old 合并"),
    ("merge", {"is_undone": False}, "Merged with a profile without an id", "与无编号的档案合并"),
    ("merge", {"other": "old", "is_undone": True}, "Separated again from old", "与 old 重新分开"),
    (
        "offer",
        {"offer": "coffee", "answer": "declined"},
        "Offer declined: coffee",
        "谢绝优惠：coffee",
    ),
    ("points", {"happening": "expired", "points": -5}, "Points expired: -5", "积分过期：-5"),
    ("points_earned", {"happening": "earned", "points": 5}, "Points earned: 5", "获得积分：5"),
    ("purchase", {"net": MONEY, "is_void": False}, "Purchase: 37.50 CNY", "消费：37.50 CNY"),
    (
        "purchase",
        {"net": MONEY, "is_void": True},
        "Purchase that was voided: 37.50 CNY",
        "已作废的消费：37.50 CNY",
    ),
    ("return", {"happening": "void"}, "Purchase voided", "消费作废"),
    ("return", {"happening": "return"}, "Everything returned", "全部退货"),
    (
        "return",
        {"happening": "return", "net": MONEY},
        "Goods returned: 37.50 CNY",
        "退货：37.50 CNY",
    ),
    ("survey", {"survey": "hello"}, "Survey answered: hello", "完成问卷：hello"),
    ("task", {"title": {"en": "Call", "zh": "致电"}}, "Done: Call", "已完成：致电"),
    ("tier", {"to_name": {"en": "Gold", "zh": "金星"}}, "Tier: Gold", "等级：金星"),
    (
        "tier",
        {"from_name": {"en": "Gold", "zh": "金星"}, "to_name": {"en": "Green", "zh": "绿星"}},
        "Tier: Gold → Green",
        "等级：金星 → 绿星",
    ),
]


@pytest.mark.parametrize(
    ("kind", "details", "en", "zh"), TITLES, ids=[f"{kind}-{en}" for kind, _, en, _ in TITLES]
)
def test_an_entry_is_called_something_in_both_languages(
    kind: str, details: dict[str, Any], en: str, zh: str
) -> None:
    assert title_of(kind, details) == {"en": en, "zh": zh}
