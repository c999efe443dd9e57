"""Reading a shop's own file: what becomes a day, and what is refused with a sentence."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from services.scoring.cli_backtest import read_form, read_mapping
from services.scoring.domain.days import day_number
from services.scoring.model.errors import FileRefused
from services.scoring.model.files.transactions import read_transactions

HEAD = "customer_id,occurred_at,amount,order_id,quantity,channel\n"
LINES = (
    "00007,2026-03-01T10:00:00+08:00,12.50,A,2,store\n"
    "00007,2026-03-01T10:00:00+08:00,-2.50,A,1,store\n"  # a discount line of the same order
    "00007,2026-03-01T18:00:00+08:00,4.00,B,1,Web\n"
    "00007,2026-03-03T00:30:00+08:00,-10.00,C,-2,store\n"
    ",2026-03-03T09:00:00+08:00,99.00,D,1,store\n"
    "=1+1,2026-03-05,0.00,E,1,store\n"
)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_become_orders_and_orders_days(tmp_path: Path) -> None:
    found = read_transactions(write(tmp_path / "t.csv", HEAD + LINES))
    days = found.days
    assert found.customer_ids == ["00007", "=1+1"]
    assert (found.rows, found.anonymous_rows) == (6, 1)
    assert days.offsets.tolist() == [0, 2, 3]
    assert days.net_booked.tolist() == [1400, -1000, 0]
    assert days.orders.tolist() == [2, 0, 1]
    assert days.lines.tolist() == [3, 0, 1]
    assert days.returns_net.tolist() == [0, 1000, 0]
    assert days.online_orders.tolist() == [1, 0, 0]
    assert days.quantity_milli.tolist() == [4000, 0, 1000]


def test_instants_with_an_offset_count_on_their_utc_day(tmp_path: Path) -> None:
    days = read_transactions(write(tmp_path / "t.csv", HEAD + LINES)).days
    assert days.date.tolist()[:2] == [
        day_number(date(2026, 3, 1)),
        day_number(date(2026, 3, 2)),
    ]


@pytest.mark.parametrize("text", ["2026-03-01", "20260301", "2026-03-01T23:59:59Z"])
def test_dates_are_read_in_their_common_forms(tmp_path: Path, text: str) -> None:
    file = write(tmp_path / "t.csv", f"customer_id,occurred_at,amount\na,{text},1\n")
    assert read_transactions(file).days.date.tolist() == [day_number(date(2026, 3, 1))]


def test_rows_of_one_instant_are_one_order_without_order_ids(tmp_path: Path) -> None:
    text = (
        "customer_id,occurred_at,amount\n"
        "a,2026-03-01 10:00:00,1\na,2026-03-01 10:00:00,2\na,2026-03-01 11:00:00,3\n"
    )
    days = read_transactions(write(tmp_path / "t.csv", text)).days
    assert (days.orders.tolist(), days.lines.tolist()) == ([2], [3])


def test_money_is_exact_to_the_cent(tmp_path: Path) -> None:
    cents = np.random.default_rng(1).integers(-(10**6), 10**6, 3000)
    lines = "".join(f"c,2026-03-01,{cent / 100:.2f},{row}\n" for row, cent in enumerate(cents))
    file = write(tmp_path / "t.csv", "customer_id,occurred_at,amount,invoice\n" + lines)
    assert read_transactions(file).days.net_booked.sum() == cents.sum()


def test_parquet_and_csv_give_the_same_days(tmp_path: Path) -> None:
    text = write(
        tmp_path / "t.csv", "customer_id,occurred_at,amount\na,2026-03-01,1\nb,2026-03-02,2\n"
    )
    table = pa.table(
        {
            "customer_id": pa.array(["a", "b"]),
            "occurred_at": pa.array([date(2026, 3, 1), date(2026, 3, 2)]),
            "amount": pa.array([1, 2]),
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "t.parquet")
    ours, theirs = (read_transactions(file).days for file in (text, tmp_path / "t.parquet"))
    assert ours.net_booked.tolist() == theirs.net_booked.tolist()
    assert ours.date.tolist() == theirs.date.tolist()


def test_mapping_names_the_columns_of_the_file(tmp_path: Path) -> None:
    file = write(tmp_path / "t.csv", "Kunde,Datum,Total,Bon\nk,2026-03-01,5,1\nk,2026-03-01,6,2\n")
    mapping = tmp_path / "map.json"
    columns = {"customer_id": "Kunde", "occurred_at": "Datum", "amount": "Total", "order_id": "Bon"}
    mapping.write_text(json.dumps({"columns": columns}), encoding="utf-8")
    days = read_transactions(file, read_mapping(mapping)).days
    assert (days.net_booked.tolist(), days.orders.tolist()) == ([1100], [2])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("customer_id,occurred_at\na,2026-03-01\n", "lacks the column amount; it has customer_id"),
        ("customer_id,occurred_at,amount,amount\na,2026-03-01,1,1\n", "same name"),
        ("customer_id,occurred_at,amount\na,gestern,1\n", "cannot read"),
        ("customer_id,occurred_at,amount\na,1772323200,1\n", "cannot read"),
        ("customer_id,occurred_at,amount\na,1.5,1\n", "not dates"),
        ("customer_id,occurred_at,amount\na,2026-03-01,\n", "row 1"),
        ("customer_id,occurred_at,amount\na,2026-03-01,viel\n", "not a number"),
        ("customer_id,occurred_at,amount\na,2026-03-01,1e300\n", "2\\^53"),
        ("customer_id,occurred_at,amount\n", "no rows"),
        ("customer_id,occurred_at,amount\n,2026-03-01,1\n", "names a customer"),
        ("customer_id,occurred_at,amount\na,2026-03-01,1\na,,1\n", "empty in row 2"),
        ("customer_id,occurred_at,amount\na,2026-03-01,1,9\n", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_unreadable_file_is_refused_with_a_sentence(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(FileRefused, match=message):
        read_transactions(write(tmp_path / "t.csv", text))


def test_missing_file_and_damaged_parquet_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="no file"):
        read_transactions(tmp_path / "none.csv")
    with pytest.raises(FileRefused, match="cannot be read"):
        read_transactions(write(tmp_path / "t.parquet", "not parquet"))


@pytest.mark.parametrize("text", ["{", "[]", '{"columns": 3}', '{"columns": {"amount": 3}}'])
def test_unreadable_mapping_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileRefused, match="mapping"):
        read_mapping(write(tmp_path / "map.json", text))


def test_mapping_of_an_unknown_or_absent_column_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "t.csv", HEAD + LINES)
    with pytest.raises(FileRefused, match="do not know: tier"):
        read_transactions(file, {"tier": "amount"})
    with pytest.raises(FileRefused, match="cost \\(looked for 'Kosten'\\)"):
        read_transactions(file, {"cost": "Kosten"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    file = tmp_path / "t.csv"
    text = "customer_id,occurred_at,amount,类别\n王,2026-03-01,5.50,咖啡\n李,2026-03-02,6,茶\n"
    file.write_bytes(text.replace(",", delimiter).encode(encoding))
    found = read_transactions(file)
    assert found.customer_ids == ["王", "李"]
    assert found.days.net_booked.tolist() == [550, 600]


@pytest.mark.parametrize("form", [{}, {"encoding": "gbk"}])
def test_chinese_column_names_are_mapped_in_gb18030(tmp_path: Path, form: dict[str, str]) -> None:
    file, mapping = tmp_path / "t.csv", tmp_path / "map.json"
    file.write_bytes("会员号,下单时间,实付金额\nk,2026-03-01,5\n".encode("gb18030"))
    columns = {"customer_id": "会员号", "occurred_at": "下单时间", "amount": "实付金额"}
    write(mapping, json.dumps({"columns": columns, **form}))
    found = read_transactions(file, read_mapping(mapping), form=read_form(mapping))
    assert found.days.net_booked.tolist() == [500]
    with pytest.raises(FileRefused, match="it has 会员号"):
        read_transactions(file)


def test_export_of_a_spreadsheet_is_read_as_its_mapping_says(tmp_path: Path) -> None:
    mapping = write(
        tmp_path / "map.json", '{"numbers": "us", "dates": "%d/%m/%Y %H:%M", "delimiter": ";"}'
    )
    text = "customer_id;occurred_at;amount\n"
    rows = "k;02/03/2026 10:15;$1,234,567.50\nk;03/03/2026 10:15;(5.00)\nk;04/03/2026 09:00;7\n"
    file = write(tmp_path / "t.csv", "\ufeff" + text + rows)
    days = read_transactions(file, read_mapping(mapping), form=read_form(mapping)).days
    assert days.net_booked.tolist() == [123456750, -500, 700]
    assert days.date.tolist()[0] == day_number(date(2026, 3, 2))


@pytest.mark.parametrize(
    ("row", "form", "message"),
    [
        ("k;01/03/2026;5", {}, "say how they are written"),
        ("k;2026-03-01;$5", {}, "numbers"),
        ("k;2026-03-01;2.927,00", {"numbers": "us"}, "not a number"),
        ("k;2026-03-01;5", {"dates": "%d/%m/%Y"}, "not written as %d/%m/%Y"),
        ("k;2026-03-01;5", {"encoding": "klingon"}, "klingon"),
        ("k;2026-03-01;5", {"encoding": "utf-16"}, "cannot be read|lacks|encoding"),
        ("k;2026-03-01;5", {"delimiter": "::"}, "semicolon"),
        ("k;2026-03-01;5", {"numbers": "roman"}, "us"),
        ("k;2026-03-01;5", {"dates": 3}, "texts"),
        ("k;2026-03-01;5", {"only": {"a": ["b"]}, "columns": {}}, "cannot follow only"),
    ],
)
def test_form_that_does_not_fit_is_refused_with_a_sentence(
    tmp_path: Path, row: str, form: dict[str, object], message: str
) -> None:
    file = write(tmp_path / "t.csv", f"customer_id;occurred_at;amount\n{row}\n")
    mapping = write(tmp_path / "map.json", json.dumps({"columns": {}} | form))
    with pytest.raises(FileRefused, match=message):
        read_transactions(file, read_mapping(mapping), form=read_form(mapping))


def test_bytes_of_another_encoding_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(b"customer_id,occurred_at,amount\n\xff\xff,2026-03-01,5\n")
    with pytest.raises(FileRefused, match="cannot be read"):
        read_transactions(file)
    file.write_bytes(b"\xff\xffcustomer_id,occurred_at,amount\nk,2026-03-01,5\n")
    with pytest.raises(FileRefused, match="encoding"):
        read_transactions(file)
