from typing import Any

import pytest

from services.feedback.domain.care.laws import Known, faults_of, gaps_of
from services.feedback.domain.care.message import PLACEHOLDERS, filled, placeholders_in, strange_in
from services.feedback.domain.care.playbook import PlaybookState, may_become
from shared.contracts.playbooks import EXAMPLE_PLAYBOOK_BODY, ActionBody

KNOWN = Known("CNY", {"vips"}, {"value": {"high"}}, {"tea"}, {"gift"})


def document(**changes: Any) -> dict[str, Any]:
    action = {**EXAMPLE_PLAYBOOK_BODY["action"], **changes.pop("action", {})}
    audience = {"programme": "value", "tiers": ["high"]}
    return {**EXAMPLE_PLAYBOOK_BODY, "audience": audience, "action": action, **changes}


def test_a_document_that_agrees_has_no_fault() -> None:
    assert faults_of(document(), KNOWN) == []


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"action": {"title": {"en": "{age}", "zh": "{tier}"}}}, "/action/title/en",
         "unknown_placeholder"),
        ({"action": {"message": {"en": "ok", "zh": "{tier"}}}, "/action/message/zh",
         "stray_brace"),
        ({"action": {"message": {"en": "ok", "zh": "｛name｝"}}}, "/action/message/zh",
         "stray_brace"),
        ({"action": {"benefit_key": "car"}}, "/action/benefit_key", "unknown_benefit"),
        ({"action": {"costs": {"phone": {"amount": "-1.00", "currency": "CNY"}}}},
         "/action/costs/phone/amount", "negative"),
        ({"budget": {"amount": "1.00", "currency": "USD"}}, "/budget/currency", "wrong_currency"),
        ({"audience": {"segment": "nobody"}}, "/audience/segment", "unknown_segment"),
        ({"audience": {"programme": "x", "tiers": ["high"]}}, "/audience/programme",
         "unknown_programme"),
        ({"audience": {"programme": "value", "tiers": ["high", "x"]}}, "/audience/tiers/1",
         "unknown_tier"),
        ({"audience": {"tiers": ["high"]}}, "/audience/programme", "missing"),
        ({"trigger": {"kind": "entered", "segment": "nobody"}}, "/trigger/segment",
         "unknown_segment"),
        ({"action": {"offer_key": "coffee"}}, "/action/offer_key", "unknown_offer"),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_told_with_its_place(
    changes: dict[str, Any], pointer: str, code: str
) -> None:
    assert [(f.pointer, f.code) for f in faults_of(document(**changes), KNOWN)] == [(pointer, code)]


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"message": {"en": "{offer}", "zh": "{offer}"}},
         ["/action/message/en", "/action/message/zh"]),
        ({"message": {"en": "{offer}", "zh": "x"}, "offer_key": "tea"}, []),
        ({"title": {"en": "x", "zh": "{benefit}"}}, ["/action/title/zh"]),
        ({"title": {"en": "x", "zh": "{benefit}"}, "benefit_key": "gift"}, []),
        ({"message": {"en": "{festival} {offer}", "zh": "x"}},
         ["/action/message/en", "/action/message/en"]),
    ],
)  # fmt: skip
def test_a_text_must_not_refer_to_what_is_not_named(
    changes: dict[str, Any], pointers: list[str]
) -> None:
    assert [fault.pointer for fault in gaps_of(document(action=changes))] == pointers


def test_only_a_playbook_of_a_festival_has_its_name() -> None:
    named = {"title": {"en": "{festival}", "zh": "{festival}"}}
    greeting = document(action=named, trigger={"kind": "festival", "festival": "qixi"})
    assert gaps_of(greeting) == []


def test_a_draft_may_name_what_is_not_there_yet() -> None:
    wished = document(audience={"segment": "to-come"}, action={"offer_key": "to-come"})
    assert faults_of(wished, Known("CNY")) == []


def test_a_message_is_filled_in_both_languages_and_keeps_the_name_for_later() -> None:
    texts = {"en": "{name}: {tier}, {points}", "zh": "{name}：{tier}，{points}"}
    words = {"tier": {"en": "Gold", "zh": "金卡"}, "points": {"en": "7", "zh": "7"}}
    stored = filled(texts, words)
    assert stored == {"en": "{name}: Gold, 7", "zh": "{name}：金卡，7"}
    shown = filled(stored, {"name": {"en": "{tier} Li", "zh": "李"}}, keep=frozenset())
    assert shown == {"en": "{tier} Li: Gold, 7", "zh": "李：金卡，7"}


def test_what_is_not_known_is_said_in_general_words() -> None:
    assert filled({"en": "{name} {tier}", "zh": "{tier}"}, {}, keep=frozenset()) == {
        "en": "customer member",
        "zh": "会员",
    }


def test_the_document_names_every_placeholder() -> None:
    named = placeholders_in({"en": ActionBody.__doc__ or "", "zh": ""})
    assert named == set(PLACEHOLDERS)


def test_placeholders_are_a_closed_list() -> None:
    assert placeholders_in({"en": "{tier} {x}", "zh": "{points}"}) == {"tier", "x", "points"}
    assert list(strange_in("{tier} {__class__} {0} }")) == ["unknown_placeholder", "stray_brace"]


@pytest.mark.parametrize(
    ("state", "following", "is_allowed"),
    [
        ("draft", "live", True),
        ("live", "live", True),
        ("live", "paused", True),
        ("paused", "live", True),
        ("live", "draft", False),
        ("ended", "live", False),
        ("paused", "ended", True),
    ],
)
def test_what_has_ended_stays_ended(state: str, following: str, *, is_allowed: bool) -> None:
    assert may_become(PlaybookState(state), PlaybookState(following)) is is_allowed
