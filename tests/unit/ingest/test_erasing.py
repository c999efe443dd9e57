"""What an erasure takes from an event, and which texts name a person."""

import json

import pytest
from hypothesis import given

from services.ingest.domain.body import to_body
from services.ingest.domain.erasing import Naming, leaves, without_words
from services.ingest.domain.records import Record
from tests.unit.ingest.test_body import RECORDS

ANN = Naming.of(
    [
        ("customer_id", "12"),
        ("phone", "+8613912345678"),
        ("email", "ann.lee@example.org"),
        ("loyalty_account", "CARD-77881"),
        ("anonymous_id", "renée"),
    ]
)


@given(RECORDS)
def test_whatever_facts_are_folded_from_stays(record: Record) -> None:
    body = to_body(record) | {"record": "any", "channel": "web", "unvalued": True}
    words = {"order_id": "ann@example.org", "properties": {"a": 1}, "anything_new": "x"}
    assert without_words(body | words) == body


@pytest.mark.parametrize(
    "text",
    [
        '{"customer": {"customer_id": "12"}}',
        '{"userId": 12}',
        '{"traits": {"phone_number": "12"}}',
        '{"note": "call +86 139 1234 5678 today"}',
        '{"tel": "139-1234-5678"}',
        '{"tel": 13912345678}',
        '{"x": ["ANN.LEE@Example.org"]}',
        '{"ann.lee@example.org": 1}',
        '{"x": "card CARD-77881."}',
        '{"customer": {"id": "rene\\u0301e"}}',
        "12;3.50;CNY",
        'broken json {"customer_id": "12", "qty":',
        "name,ann.lee@example.org,5",
    ],
)
def test_a_text_that_names_the_person_is_found(text: str) -> None:
    assert ANN.is_in(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"customer": {"customer_id": "c-1"}, "lines": [{"quantity": "12"}]}',
        '{"customer": {"customer_id": "112"}, "total": 12}',
        '{"phone": "+8613912345679"}',
        '{"phone": "139123456780"}',
        '{"email": "joann.lee@example.org"}',
        '{"card": "CARD-778812"}',
        "112;3.50;CNY",
        "",
    ],
)
def test_a_text_about_others_is_left_alone(text: str) -> None:
    assert not ANN.is_in(text)


def test_a_person_without_identifiers_is_found_nowhere() -> None:
    assert not Naming.of([]).is_in('{"customer_id": "12"}')


def test_names_and_values_are_told_apart() -> None:
    document = json.loads('{"user": {"id": "a"}, "n": [1, null, true, "b"]}')
    assert list(leaves(document)) == [
        (False, "user"),
        (False, "id"),
        (True, "a"),
        (False, "n"),
        (False, "1"),
        (False, "b"),
    ]
