"""Postgres' binary COPY is read as it is documented, and nothing else is."""

import struct
from typing import Any

import pytest
from numpy.typing import NDArray

from services.scoring.queries.bases.binary_copy import Column, CopyReader

COLUMNS = (Column("id", "S4"), Column("number", ">i8"))
HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)


def row(name: bytes, number: int) -> bytes:
    return struct.pack(">hi4siq", 2, 4, name, 8, number)


async def read(*pieces: bytes) -> dict[str, NDArray[Any]]:
    reader = CopyReader(COLUMNS, {"number": lambda numbers: numbers * 2})
    for piece in pieces:
        await reader.feed(piece)
    return reader.finish()


async def test_rows_are_read_and_turned() -> None:
    table = await read(HEADER + row(b"a\x00b\x00", 7) + row(b"zzzz", -1) + b"\xff\xff")
    assert table["number"].tolist() == [14, -2]
    assert table["id"].tolist() == [b"a\x00b", b"zzzz"]


async def test_no_rows_are_read() -> None:
    assert len((await read(HEADER + b"\xff\xff"))["number"]) == 0


@pytest.mark.parametrize("width", [1, 7, 60_001])
async def test_pieces_of_any_width_make_the_same_table(width: int) -> None:
    copied = HEADER + b"".join(row(b"abcd", n) for n in range(200_000)) + b"\xff\xff"
    if width < 60_000:
        copied = HEADER + b"".join(row(b"abcd", n) for n in range(50)) + b"\xff\xff"
    pieces = [copied[start : start + width] for start in range(0, len(copied), width)]
    numbers = (await read(*pieces))["number"]
    assert numbers.tolist() == list(range(0, 2 * len(numbers), 2))
    assert len(numbers) in (50, 200_000)


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
async def test_another_layout_is_refused(copied: bytes) -> None:
    with pytest.raises(ValueError, match=r"COPY|null or another width"):
        await read(copied)
