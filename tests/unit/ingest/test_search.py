"""What people type is read as what it may name; who fits is shown in a fixed order."""

from datetime import date
from uuid import UUID

import pytest

from services.ingest.domain.search import Match, Ticket, in_order, name_in, ticket_in
from services.ingest.usecases.people.spellings import identifiers_in, phones_in, regions_of

ANNA, BEN = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("text", "regions", "number"),
    [
        ("13800138000", ("CN",), "+8613800138000"),
        ("138 0013 8000", ("CN",), "+8613800138000"),
        ("(138) 0013-8000", ("CN",), "+8613800138000"),
        ("+86 138 0013 8000", (), "+8613800138000"),
        ("0086 13800138000", ("CN",), "+8613800138000"),
        ("86 13800138000", (), "+8613800138000"),
        ("１３８００１３８０００", ("CN",), "+8613800138000"),
        ("020 7946 0958", ("GB",), "+442079460958"),
        ("(415) 555-2671", ("US",), "+14155552671"),
        ("0172 1234567", ("FR", "DE"), "+491721234567"),
    ],
)
def test_a_phone_is_read_in_any_spelling(text: str, regions: tuple[str, ...], number: str) -> None:
    assert number in phones_in(text, regions)


@pytest.mark.parametrize("text", ["", "M-88", "12", "1-800-FLOWERS", "c1380013800", "+", "1" * 60])
def test_what_is_no_phone_is_read_as_none(text: str) -> None:
    assert phones_in(text, ("CN",)) == set()


def test_a_text_may_be_every_kind_that_is_kept_as_typed() -> None:
    assert identifiers_in("M-1", ["external:crm"], ()) == {
        ("customer_id", "M-1"),
        ("loyalty_account", "M-1"),
        ("wechat_openid", "M-1"),
        ("device_id", "M-1"),
        ("anonymous_id", "M-1"),
        ("external:crm", "M-1"),
    }


def test_an_address_is_read_in_lower_case_too() -> None:
    assert ("email", "a@example.com") in identifiers_in("A@Example.com", (), ())


def test_what_no_identifier_can_be_is_read_as_none() -> None:
    assert identifiers_in("a\u202eb", ["external:crm"], ("CN",)) == set()


@pytest.mark.parametrize(
    ("setting", "currency", "regions"),
    [("", "CNY", ("CN",)), ("", "EUR", ()), ("FR,DE", "EUR", ("FR", "DE")), ("", "", ())],
)
def test_phones_are_dialled_where_the_shop_counts_its_money(
    setting: str, currency: str, regions: tuple[str, ...]
) -> None:
    assert regions_of(setting, currency) == regions


@pytest.mark.parametrize(
    ("text", "ticket"),
    [
        ("0747/137/2026-11-21/5470", Ticket("0747", "137", date(2026, 11, 21), 5470)),
        (" 0747 137 2026-11-21 #5470 ", Ticket("0747", "137", date(2026, 11, 21), 5470)),
        ("0747/137/2026-13-21/5470", None),
        ("0747/137/2026-11-21/5470a", None),
        ("0747/137/5470", None),
        ("", None),
    ],
)
def test_a_receipt_is_named_by_store_till_date_and_number(text: str, ticket: Ticket | None) -> None:
    assert ticket_in(text) == ticket


def test_exact_matches_come_first_the_most_trusted_ahead() -> None:
    ways = [("customer_id_prefix", BEN), ("order", ANNA), ("external:crm", BEN), ("phone", ANNA)]
    found = in_order(Match(*way) for way in ways)
    assert list(found.items()) == [
        (BEN, ["external:crm", "customer_id_prefix"]),
        (ANNA, ["phone", "order"]),
    ]


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"name": " Pearl "}, "Pearl"),
        ({"fullName": "Pearl Li"}, "Pearl Li"),
        ({"first_name": "Pearl", "last_name": "Li"}, "Pearl Li"),
        ({"firstName": "珍珠", "lastName": "李"}, "李珍珠"),
        ({"last_name": "Li"}, "Li"),
        ({"name": 7, "city": "Shanghai"}, None),
        ({}, None),
    ],
)
def test_a_name_is_told_whole_or_in_halves(attributes: dict[str, object], name: str | None) -> None:
    assert name_in(attributes) == name
