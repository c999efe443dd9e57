"""Contracts as they stand: what is asked for, and what old and new replies may hold."""

from typing import Any

import pytest
from pydantic import ValidationError

from shared.contracts.common import CustomerReference, OpenObject, Page
from shared.contracts.customers import CustomerUpdate, StoreUpdate
from shared.contracts.feedback import FeedbackRequest
from shared.contracts.tier import TierAnswer, TierQuery
from shared.wire import faults_of
from tests.factories import make_tier_answer


def code_of(model: type[Any], body: object) -> str:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(body)
    return faults_of(caught.value, model)[0].code


def test_the_answer_of_the_contract_is_read_and_written_back() -> None:
    body = make_tier_answer()
    away = {"reason": None, "expired": False}
    assert TierAnswer.model_validate(body).model_dump(mode="json") == body | away


def test_fields_of_tomorrow_are_ignored_in_replies() -> None:
    assert TierAnswer.model_validate(make_tier_answer(colour="gold")).known


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "one_of"),
        ({"customer_ids": ["a"], "customers": [{}]}, "one_of"),
        ({"customer_ids": []}, "too_few"),
        ({"customer_ids": ["a"] * 1001}, "too_many"),
        ({"customer_ids": [1]}, "wrong_type"),
        ({"customer_ids": "a"}, "wrong_type"),
    ],
)
def test_a_tier_query_asks_in_one_way_for_1_to_1000(body: object, code: str) -> None:
    assert code_of(TierQuery, body) == code


def test_identifiers_are_listed_strongest_first() -> None:
    reference = CustomerReference.model_validate(
        {"email": "A@Example.com", "external": {"shop": "7"}, "customer_id": "c-1", "phone": None}
    )
    assert list(reference.given().items()) == [
        ("customer_id", "c-1"),
        ("email", "a@example.com"),
        ("external:shop", "7"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "csat", "rating": 1},
        {"kind": "nps", "rating": 0},
        {"kind": "nps", "rating": 10},
        {"kind": "ces", "rating": 7},
        {"kind": "review", "rating": 5, "text": "good", "language": "zh"},
        {"kind": "complaint", "text": "cold"},
        {"kind": "offer_response"},
    ],
)
def test_feedback_of_every_kind_is_taken(body: dict[str, Any]) -> None:
    assert FeedbackRequest.model_validate(body).kind == body["kind"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "csat", "rating": 0}, "rating_out_of_range"),
        ({"kind": "nps", "rating": 11}, "rating_out_of_range"),
        ({"kind": "ces"}, "rating_missing"),
        ({"kind": "complaint", "rating": 1, "text": "x"}, "rating_not_allowed"),
        ({"kind": "review", "rating": 5}, "text_missing"),
        ({"kind": "complaint", "text": " "}, "text_missing"),
        ({"kind": "csat", "rating": True}, "wrong_type"),
        ({"kind": "csat", "rating": 4.0}, "wrong_type"),
        ({"kind": "praise"}, "not_allowed"),
        ({"kind": "complaint", "text": "x" * 10_001}, "too_long"),
    ],
)
def test_feedback_that_does_not_fit_its_kind_is_refused(body: object, code: str) -> None:
    assert code_of(FeedbackRequest, body) == code


def test_a_profile_may_not_name_another_customer_id() -> None:
    assert code_of(CustomerUpdate, {"identifiers": {"customer_id": "c-2"}}) == "unknown_field"
    assert code_of(CustomerUpdate, {"consents": {"everything": True}}) == "not_allowed"


def test_a_store_has_two_names_and_a_real_zone() -> None:
    name = {"en": "Jing'an", "zh": "静安"}
    store = StoreUpdate.model_validate({"name": name, "time_zone": "Asia/Shanghai"})
    assert store.kind == "store"
    assert code_of(StoreUpdate, {"name": name, "time_zone": "China"}) == "bad_time_zone"
    assert code_of(StoreUpdate, {"name": {"en": "x"}}) == "missing"


def test_a_page_names_the_next_one_or_none() -> None:
    assert Page[int](items=[1]).model_dump() == {"items": [1], "next_cursor": None}


def test_open_objects_may_be_any_json() -> None:
    open_object: OpenObject = {"a": [1, None, {"b": "c"}]}
    update = CustomerUpdate.model_validate({"attributes": open_object})
    assert update.attributes == open_object
