"""The data room's decisions: mappings, repairs, trends and what waits."""

from datetime import date
from typing import Any

import pytest

from services.console.pages.data.mapping import (
    BY_HAND,
    OWN,
    columns_in,
    guessed,
    kind_of,
    lacks_currency,
    mapping_of,
    missing_in,
)
from services.console.pages.data.quarantine import waiting_of
from services.console.pages.data.repair import is_changed, mended, written
from services.console.pages.data.trend import good_share, trend_of, whole_days
from services.console.pages.data.ways import identifier_word, reason_word, source_href, tone_of
from shared.contracts.quality import QualityDay
from shared.contracts.quarantine import QuarantineSummary
from tests.unit.console.data_answers import COUNTED, RECEIPT, waiting
from tests.unit.console.visits import stage

CSV, NDJSON, PARQUET = "text/csv", "application/x-ndjson", "application/vnd.apache.parquet"
VISIT = stage().visit


def day(number: int, **counts: int) -> QualityDay:
    return QualityDay.model_validate({**COUNTED, "day": date(2026, 11, number), **counts})


@pytest.mark.parametrize(
    ("head", "kind", "columns"),
    [
        (b"a,b\n1,2\n", CSV, ["a", "b"]),
        (b'\xef\xbb\xbf"a;x";b\r\n1;2\r\n', CSV, ["a;x", "b"]),
        ("会员号\t日期\n".encode("gb18030"), CSV, ["会员号", "日期"]),
        ("日期,金额\n1,".encode()[:-1], CSV, ["日期", "金额"]),
        (b'{"a": 1, "b": 2}\n{', NDJSON, ["a", "b"]),
        (b"[1]\n", NDJSON, []),
        (b"nothing\n", NDJSON, []),
        (b"PAR1\x00", PARQUET, []),
        (b"", CSV, []),
    ],
)
def test_columns_are_read_from_the_beginning_of_a_file(
    head: bytes, kind: str, columns: list[str]
) -> None:
    assert columns_in(head, kind) == columns


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.csv", CSV), ("a.JSONL", NDJSON), ("a.parquet", PARQUET), ("a", CSV), ("a.txt", CSV)],
)
def test_a_file_is_what_its_name_says(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_columns_are_guessed_by_our_names_and_by_common_ones() -> None:
    columns = ["Member", "Order Date", "amount", "Total", "Qty", "colour"]
    assert guessed(columns) == {
        "customer_id": "Member",
        "occurred_at": "Order Date",
        "amount": "amount",
        "quantity": "Qty",
    }


def test_no_column_is_guessed_for_two_things() -> None:
    assert list(guessed(["order"]).values()) == ["order"]


def test_columns_every_file_must_have_are_asked_for() -> None:
    assert missing_in({"customer_id": "a", "amount": None}) == ["occurred_at", "amount"]


@pytest.mark.parametrize(
    ("form", "columns", "chosen", "lacks"),
    [
        (OWN, ["amount"], {}, True),
        (OWN, ["amount", "currency"], {}, False),
        (BY_HAND, ["Total", "币种"], {"currency": None}, True),
        (BY_HAND, ["Total", "币种"], {"currency": "币种"}, False),
        ("shopify", ["Total"], {}, False),
        (OWN, [], {}, False),
    ],
)
def test_a_currency_is_asked_for_where_the_file_tells_none(
    form: str, columns: list[str], chosen: dict[str, str | None], lacks: bool
) -> None:
    assert lacks_currency(form, columns, chosen) == lacks


@pytest.mark.parametrize(
    ("form", "mapping"),
    [
        (OWN, None),
        ("shopify", "shopify"),
        (BY_HAND, '{"columns": {"amount": "金额"}, "identifier": "phone"}'),
    ],
)
def test_an_upload_says_what_its_columns_mean(form: str, mapping: str | None) -> None:
    assert mapping_of(form, {"amount": "金额", "sku": None}, "phone") == mapping


@pytest.mark.parametrize(
    ("text", "route", "is_sendable", "fault"),
    [
        ("{", "read_receipt", False, "This is no JSON: line 1, column 2."),
        ("[" * 100_000, "read_receipt", False, "This is nested too deeply."),
        ("[]", "read_receipt", True, "This must be a JSON object."),
        ("{}", "read_receipt", True, "/store_id: is required"),
        ("{}", "read_event", True, "/event_id: is required"),
        (written(RECEIPT), "read_receipt", True, None),
        ("{}", "read_shopify", True, None),
    ],
)
def test_what_is_typed_is_judged_at_once(
    text: str, route: str, is_sendable: bool, fault: str | None
) -> None:
    found = mended(VISIT, text, route)
    assert (found.is_sendable, found.faults[0] if found.faults else None) == (is_sendable, fault)


def test_many_faults_are_counted_not_listed() -> None:
    found = mended(VISIT, written(RECEIPT | {"lines": [{}] * 6}), "read_receipt")
    assert (len(found.faults), found.faults[-1]) == (9, "and 16 more")


@pytest.mark.parametrize(
    ("body", "changed"), [({"b": 2, "a": 1}, False), ({"a": 1, "b": "2"}, True), ({}, True)]
)
def test_a_body_is_changed_by_its_content_not_its_spaces(body: Any, changed: bool) -> None:
    assert is_changed({"a": 1, "b": 2}, body) == changed


@pytest.mark.parametrize(
    ("source", "reason", "count"),
    [("", "", 6), ("till", None, 3), (None, "bad_phone", 5), ("web", "bad_phone", 3), ("x", "", 0)],
)
def test_what_waits_is_counted_under_the_filters(
    source: str | None, reason: str | None, count: int
) -> None:
    groups = waiting(("till", "missing", 1), ("till", "bad_phone", 2), ("web", "bad_phone", 3))
    found = QuarantineSummary.model_validate(groups)
    assert waiting_of(found.items, source, reason) == count


def test_days_without_anything_are_shown_as_nothing() -> None:
    shown = whole_days([day(18), day(20)], 30)
    assert [(each.day.day, each.received) for each in shown] == [(18, 40), (19, 0), (20, 40)]
    assert [each.day.day for each in whole_days([day(1), day(20)], 2)] == [19, 20]
    assert whole_days([], 30) == []


def test_the_good_share_leaves_out_what_was_refused_or_contradicts() -> None:
    assert good_share(day(1)) == 0.875
    assert good_share(day(1, received=0)) is None


def test_the_trend_says_in_words_and_figures_what_it_draws() -> None:
    made = trend_of(VISIT, [day(19), day(20, received=0, conflicts=0, rejected=0)])
    assert made.summary == (
        "In 2 days 40 items were received; 87.5% were neither refused nor contradicting."
    )
    assert made.rows[1] == ["19 Nov 2026", "40", "30", "5", "2", "3", "87.5%"]
    assert [series["data"] for series in made.options["series"]][-1] == [0.875, None]


def test_names_are_words_where_there_are_some() -> None:
    assert reason_word(VISIT, "bad_phone") == "Bad phone number"
    assert reason_word(VISIT, "of_tomorrow") == "of_tomorrow"
    assert identifier_word(VISIT, "external:crm") == "Id of crm"
    assert (tone_of("A"), tone_of("D"), tone_of(None)) == ("good", "bad", "plain")


def test_links_hold_any_name() -> None:
    assert source_href("a/b?c") == "/data/sources/a%2Fb%3Fc"
