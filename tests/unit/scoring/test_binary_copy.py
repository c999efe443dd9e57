"""Postgres' binary COPY is read as it is documented, and nothing else is."""

import struct

import pytest

from services.scoring.queries.binary_copy import Column, parse_copy

COLUMNS = (Column("id", "S4"), Column("number", ">i8"))
HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)


def row(name: bytes, number: int) -> bytes:
    return struct.pack(">hi4siq", 2, 4, name, 8, number)


def test_rows_are_read() -> None:
    table = parse_copy(HEADER + row(b"a\x00b\x00", 7) + row(b"zzzz", -1) + b"\xff\xff", COLUMNS)
    assert table["number"].tolist() == [7, -1]
    assert table["id"].tolist() == [b"a\x00b", b"zzzz"]


def test_no_rows_are_read() -> None:
    assert len(parse_copy(HEADER + b"\xff\xff", COLUMNS)) == 0


@pytest.mark.parametrize(
    "copied",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(HEADER + row(b"abcd", 1), id="cut short"),
        pytest.param(HEADER + row(b"abcd", 1)[:-2] + b"\xff\xff", id="half a row"),
        pytest.param(HEADER + struct.pack(">hi4si", 2, 4, b"abcd", -1) + b"\xff\xff", id="a null"),
        pytest.param(
            HEADER + struct.pack(">hi4siq", 2, 3, b"abcd", 8, 1) + b"\xff\xff", id="a width"
        ),
        pytest.param(
            HEADER + struct.pack(">hi4siq", 3, 4, b"abcd", 8, 1) + b"\xff\xff", id="a field more"
        ),
    ],
)
def test_another_layout_is_refused(copied: bytes) -> None:
    with pytest.raises(ValueError, match=r"COPY|null or another width"):
        parse_copy(copied, COLUMNS)
