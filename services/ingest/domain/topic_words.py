"""What the topics of the outbox carry, in words."""

from typing import Final

from services.ingest.domain.audit_words import Words

_TOPICS: Final = {
    "customers_changed": Words("Customers to decide anew", "待重新判定等级的会员"),
    "feedback_given": Words("Feedback to count as an event", "待计为事件的反馈"),
    "survey_told": Words("Survey answers to count as events", "待计为事件的问卷答复"),
    "case_pin": Words("Tiers to pin after a dispute", "等级争议后待锁定的等级"),
    "exposures": Words("Hold-outs met, to be counted", "待计入的对照组接触"),
}
_ERASED: Final = "customer_erased."


def topic_words(topic: str) -> Words | None:
    """Say a topic in words; None for one that is not known here."""
    if topic.startswith(_ERASED):
        owner = topic.removeprefix(_ERASED)
        return Words(f"Erasures to finish in {owner}", f"待在 {owner} 完成的数据抹除")
    return _TOPICS.get(topic)
