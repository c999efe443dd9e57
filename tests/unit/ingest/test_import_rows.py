"""Files judged without a database: cells, rows, orders, and what is refused."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.files.import_rows import Chunk, Grouping
from services.ingest.domain.files.mapping import MappingRefused, parse_mapping
from services.ingest.importing.files import FileRefused
from services.ingest.importing.mapping_files import load_mapping
from services.ingest.usecases.files.import_survey import survey
from services.ingest.usecases.files.import_values import (
    channel_of,
    instant_of,
    scaled_number,
    text_of,
)
from tests.import_runs import judged

_NOTHING = ItemRefused("nothing", "")


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        ("12.37", 1237),
        ("-0.5", -50),
        (15.299999999999999, 1530),
        (-11062.06, -1106206),
        (168469.6, 16846960),
        ("15.2999999999999", 1530),
        (7, 700),
    ],
)
def test_amounts_are_read_as_the_shortest_decimal(cell: Any, minor: int) -> None:
    assert scaled_number(cell, 2, "amount") == minor


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (0.001, "wrong_exponent"),
        ("1.234", "wrong_exponent"),
        ("1,5", "bad_decimal"),
        ("1e3", "bad_decimal"),
        ("1_000", "bad_decimal"),
        (True, "bad_decimal"),
        (float("inf"), "out_of_range"),
        (1e300, "out_of_range"),
        ("9" * 30, "out_of_range"),
    ],
)
def test_what_is_no_amount_is_refused(cell: Any, code: str) -> None:
    with pytest.raises(ItemRefused) as refused:
        scaled_number(cell, 2, "amount")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("2011-07-01 00:30:00", datetime(2011, 6, 30, 23, 30, tzinfo=UTC)),
        ("2011-07-01T00:30:00+00:00", datetime(2011, 7, 1, 0, 30, tzinfo=UTC)),
        ("2011-01-01", datetime(2011, 1, 1, tzinfo=UTC)),
        (datetime(2011, 7, 1, 0, 30), datetime(2011, 6, 30, 23, 30, tzinfo=UTC)),  # noqa: DTZ001
        (datetime(2011, 7, 1).date(), datetime(2011, 6, 30, 23, tzinfo=UTC)),  # noqa: DTZ001
    ],
)
def test_an_instant_without_offset_is_local(cell: Any, instant: datetime) -> None:
    assert instant_of(cell, ZoneInfo("Europe/London")) == instant


@pytest.mark.parametrize("cell", ["yesterday", "2011-02-30", 1321000000, 4.5])
def test_what_is_no_date_is_refused(cell: Any) -> None:
    with pytest.raises(ItemRefused, match="bad_instant"):
        instant_of(cell, ZoneInfo("UTC"))


def test_ids_of_numeric_columns_lose_their_point() -> None:
    assert [text_of(cell, "id") for cell in (17850.0, 17850, "", None, float("nan"))] == [
        "17850",
        "17850",
        None,
        None,
        None,
    ]


def test_online_is_the_web_and_nothing_is_a_store() -> None:
    assert [channel_of(cell) for cell in ("Online", None, "app")] == ["web", "store", "app"]
    with pytest.raises(ItemRefused, match="bad_channel"):
        channel_of("carrier pigeon")


def test_a_row_is_a_receipt_without_orders(tmp_path: Path) -> None:
    run = judged(tmp_path, "customer_id,occurred_at,amount\na,2020-01-01,1\na,2020-01-01,1\n")
    assert run.judged().receipts == 2
    assert run.faults == []


def test_rows_of_one_order_are_one_receipt_wherever_they_stand() -> None:
    chunks = [Chunk(1, {"order_id": ["7", "8"]}, 0.5), Chunk(3, {"order_id": ["7", None]}, 1.0)]
    found = survey(chunks, lambda chunk: [_NOTHING] * chunk.length, lambda _: None)
    grouping: Grouping[str] = Grouping(found.flags)
    groups = [
        [number for number, _ in whole]
        for chunk in chunks
        for whole in grouping.complete(
            chunk.first_row, chunk.columns["order_id"], ["row"] * chunk.length
        )
    ]
    assert groups == [[2], [1, 3], [4]]


def test_an_order_whose_end_was_not_seen_is_given_out_at_the_end() -> None:
    grouping: Grouping[str] = Grouping(bytes(2))
    assert list(grouping.complete(1, ["7", "7"], ["a", "b"])) == []
    assert list(grouping.rest()) == [[(1, "a"), (2, "b")]]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("a,2020-01-01,x,1", "bad_decimal"),
        ("a,2020-01-01,,1", "missing"),
        ("a,,1,1", "missing"),
        ("a,1889-01-01,1,1", "time_out_of_range"),
        ("a,2027-01-01,1,1", "time_out_of_range"),
        ("a,2020-01-01,0,-5", "no_sale"),
        ("a,2020-01-01,3,0", "not_positive"),
        ("a,2020-01-01,-3,0", "not_positive"),
        ("a\x00b,2020-01-01,3,1", "bad_identifier"),
        (f"{'a' * 200},2020-01-01,3,1", "too_long"),
        ("a,2020-01-01", "wrong_width"),
        ("a,2020-01-01,1,1,1,1", "wrong_width"),
    ],
)
def test_a_bad_row_is_listed_and_the_others_count(tmp_path: Path, row: str, code: str) -> None:
    header, good = "customer_id,occurred_at,amount,quantity", "b,2020-01-01,1,1"
    run = judged(tmp_path, f"{header}\n{good}\n{row}\n{good}\n")
    assert run.codes == [(2, code)]


def test_mixed_encodings_cost_their_row_only(tmp_path: Path) -> None:
    text = b"customer_id,occurred_at,amount\n" + b"caf\xe9,2020-01-01,1\nb,2020-01-01,1\n"
    assert judged(tmp_path, text).codes == [(1, "bad_identifier")]


def test_one_bad_row_refuses_its_whole_order(tmp_path: Path) -> None:
    rows = "a,2020-01-01,1,7\na,2020-01-01,x,7\nb,2020-01-01,1,8\n"
    run = judged(tmp_path, f"customer_id,occurred_at,amount,order_id\n{rows}")
    assert run.codes == [(1, "receipt_refused"), (2, "bad_decimal")]


def test_two_customers_in_one_order_are_refused(tmp_path: Path) -> None:
    rows = "a,2020-01-01,1,7\nb,2020-01-01,1,7\n"
    run = judged(tmp_path, f"customer_id,occurred_at,amount,order_id\n{rows}")
    assert run.codes == [(1, "several_customers"), (2, "several_customers")]


def test_another_currency_is_refused(tmp_path: Path) -> None:
    rows = "a,2020-01-01,1,GBP\nb,2020-01-01,1,USD\n"
    run = judged(tmp_path, f"customer_id,occurred_at,amount,currency\n{rows}")
    assert run.codes == [(2, "unknown_rate")]


def test_a_file_without_a_currency_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingRefused, match="name the currency"):
        judged(tmp_path, "customer_id,occurred_at,amount\na,2020-01-01,1\n", {})


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("f.csv", "a,a,b\n1,2,3\n", "same name"),
        ("f.csv", "x,occurred_at,amount\n", "no column customer_id"),
        ("f.csv", f"customer_id,occurred_at,amount\n{'x' * 1_100_000}\n", "more than 1 MiB"),
        ("f.csv", "", "no first row that names"),
        ("f.csv", '"customer_id,occurred_at', "not a CSV file"),
        ("f.csv", "PK\x03\x04\x00\n", r"among PK\\x03\\x04\\x00;"),
        ("f.csv", b"caf\xe9,1\n", r"among caf\\udce9, 1;"),
        ("f.csv", ",".join(map(str, range(99))), r", 39, \.\.\.;"),
        ("f.parquet", "not parquet", "not a Parquet file"),
        ("f.xlsx", "", "must end in"),
    ],
)
def test_an_unreadable_file_stops_with_a_sentence(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises((FileRefused, MappingRefused), match=message):
        judged(tmp_path, content, name=name)


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"colums": {}},
        {"columns": {"amount": 3}},
        {"columns": {"price": "x"}},
        {"constants": {"amount": "3"}},
        {"returns": "somehow"},
        {"time_zone": ""},
        {"numbers": "roman"},
        {"identifier": "shoe_size"},
        {"delimiter": "ab"},
        {"delimiter": '"'},
        {"quote": 7},
        {"fill_down": "Name"},
        {"only": {"Status": "paid"}},
        {"join": [{"file": "../x.csv", "on": "id"}]},
        {"columns": {"amount": {"product": ["a"]}}},
        {"columns": {"amount": {"product": ["a", "b"], "more": "c"}}},
        {"columns": {"occurred_at": {"day": "d", "from": "yesterday"}}},
    ],
)
def test_a_wrong_mapping_is_refused(document: Any) -> None:
    with pytest.raises(MappingRefused):
        parse_mapping(document)


def test_ready_made_mappings_are_found_by_name() -> None:
    assert load_mapping("cdnow").constants["currency"] == "USD"
    with pytest.raises(MappingRefused, match="one of cdnow, dunnhumby"):
        load_mapping("nobody")


def test_semicolons_and_a_byte_order_mark_are_understood(tmp_path: Path) -> None:
    run = judged(tmp_path, "\ufeffcustomer_id;occurred_at;amount\na;2020-01-01;1.50\n")
    assert run.faults == []
    assert 0.9 < run.shares[-1] <= 1.0
