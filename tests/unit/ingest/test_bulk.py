"""Several statements over rows go to the database as one."""

from typing import Any, cast

from asyncpg import Connection

from services.ingest.queries import bulk


class FakeConnection:
    """Remembers what it was asked to do."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    async def execute(self, *asked: Any) -> None:
        self.asked.append(asked)


async def asked_for(*parts: tuple[str, bulk.Rows]) -> list[tuple[Any, ...]]:
    connection = FakeConnection()
    await bulk.run_together(cast(Connection, connection), parts)
    return connection.asked


async def test_columns_are_numbered_through_and_the_first_statement_stands_last() -> None:
    assert await asked_for(("A $1 $2 $1", [(1, 2), (3, 4)]), ("B $1", [(5,)])) == [
        ("WITH w1 AS (B $3), w0 AS (A $1 $2 $1) SELECT", [1, 3], [2, 4], [5])
    ]


async def test_a_statement_without_rows_is_left_out() -> None:
    assert await asked_for(("A $1", []), ("B $1", [(5,)])) == [("WITH w0 AS (B $1) SELECT", [5])]


async def test_without_any_rows_nobody_is_asked() -> None:
    assert await asked_for(("A $1", []), ("B $1", [])) == []
