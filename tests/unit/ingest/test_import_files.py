"""What a file is written in: encodings, delimiters, JSON lines, long files, broken ones."""

from pathlib import Path
from typing import Any

import pytest

from services.ingest.importing.files import FileRefused
from tests.import_runs import GBP, judged

CHINESE = (
    "customer_id,occurred_at,amount,category\n张三,2020-01-01,1,咖啡\n李四,2020-01-02,2,茶叶\n"
)


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", None),
        ("utf-32", None),
        ("gb18030", None),
        ("gb18030", "GBK"),
        ("utf-16-le", "UTF-16-LE"),
    ],
)
def test_a_file_is_read_in_its_encoding(tmp_path: Path, encoding: str, named: str | None) -> None:
    mapping = GBP if named is None else GBP | {"encoding": named}
    run = judged(tmp_path, CHINESE.encode(encoding), mapping)
    job = run.job()
    rows = [row for chunk in job.chunks() for row in zip(*chunk.columns.values(), strict=True)]
    assert rows == [("张三", "2020-01-01", "1", "咖啡"), ("李四", "2020-01-02", "2", "茶叶")]
    assert run.faults == []


@pytest.mark.parametrize(
    ("text", "mapping", "message"),
    [
        (b"customer_id,occurred_at,amount\n", GBP | {"encoding": "klingon"}, "encoding must be"),
        (CHINESE.encode("utf-16")[:-1], GBP, "not utf-16 throughout"),
        (CHINESE.encode("utf-16-le"), GBP | {"encoding": "utf-16"}, "not utf-16 throughout"),
        (b'customer_id,occurred_at,amount\n"a,2020-01-01,1\n', GBP, "breaks after row 1"),
    ],
)
def test_a_file_that_breaks_is_refused_whole(
    tmp_path: Path, text: bytes, mapping: Any, message: str
) -> None:
    with pytest.raises(FileRefused, match=message):
        judged(tmp_path, text, mapping)


def test_delimiter_and_quote_may_be_named(tmp_path: Path) -> None:
    text = "customer_id;occurred_at;amount\n'a;b';2020-01-01;1\n"
    run = judged(tmp_path, text, GBP | {"delimiter": ";", "quote": "'"})
    assert [chunk.columns["customer_id"] for chunk in run.job().chunks()] == [("a;b",)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_any_system_ends_them(tmp_path: Path, end: str) -> None:
    text = f"customer_id,occurred_at,amount{end}a,2020-01-01,1{end}b,2020-01-02,2{end}"
    run = judged(tmp_path, text.encode())
    assert [chunk.columns["customer_id"] for chunk in run.job().chunks()] == [("a", "b")]


def test_formulas_are_data_and_never_reach_the_error_file(tmp_path: Path) -> None:
    formula = "=HYPERLINK(evil)"
    run = judged(tmp_path, f"customer_id,occurred_at,amount\n{formula},2020-01-01,{formula}\n")
    assert run.codes == [(1, "bad_decimal")]
    assert "HYPERLINK" not in run.faults[0].message


def test_customers_may_be_known_by_their_phone(tmp_path: Path) -> None:
    text = "customer_id,occurred_at,amount\n+8613800138000,2020-01-01,1\n123,2020-01-01,1\n"
    assert judged(tmp_path, text, GBP | {"identifier": "phone"}).codes == [(2, "bad_phone")]


def test_flat_json_lines_are_rows(tmp_path: Path) -> None:
    lines = [
        '{"customer_id": "a", "occurred_at": "2020-01-01T00:00:00Z", "amount": 15.30}',
        '{"customer_id": 7, "occurred_at": "2020-01-01", "amount": "2.00", "sku": "tea"}',
        '{"customer_id": "b", "occurred_at": "2020-01-01", "amount": [1]}',
        '{"customer_id": "b", "customer_id": "c", "occurred_at": "2020-01-01", "amount": 1}',
        '["a"]',
        '{"customer_id": "b", "occurred_at": "2020-01-01", "amount": NaN}',
    ]
    run = judged(tmp_path, "\n".join(lines), GBP, name="f.ndjson")
    assert [row for row, _ in run.codes] == [3, 4, 5, 6]
    assert [code for _, code in run.codes][:3] == ["not_flat", "duplicate_key", "not_an_object"]


def test_a_long_file_is_read_whole_across_blocks(tmp_path: Path) -> None:
    rows = "".join(f"c{n},2020-01-01,1.00,a note of {n}\r\n" for n in range(40_000))
    run = judged(tmp_path, f"customer_id,occurred_at,amount,note\r\n{rows}")
    names = [name for chunk in run.job().chunks() for name in chunk.columns["customer_id"]]
    assert names == [f"c{n}" for n in range(40_000)]
    assert run.faults == []
