"""One naming convention and a few column shorthands for every table."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Date, DateTime, LargeBinary, MetaData, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

#: Rows that are updated often leave room on their page, so that updates stay heap-only.
ROOM_FOR_UPDATES: Final = {"fillfactor": 80}
#: An index of whole blocks, for what lies in the order of its rows; summarised as the table grows.
BY_BLOCKS: Final[Mapping[str, Any]] = {
    "postgresql_using": "brin",
    "postgresql_with": {"autosummarize": "on"},
}

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _column(name: str, kind: Any, *, null: bool, key: bool, default: str | None) -> Column[Any]:
    server_default = None if default is None else text(default)
    return Column(
        name,
        kind,
        nullable=null,
        primary_key=key,
        server_default=server_default,
        autoincrement=False,
    )


def uuid(name: str, *, null: bool = False, key: bool = False) -> Column[Any]:
    """Return a uuid column; ids are uuid7, made in Python."""
    return _column(name, Uuid(), null=null, key=key, default=None)


def words(
    name: str, *, null: bool = False, key: bool = False, default: str | None = None
) -> Column[Any]:
    """Return a text column."""
    return _column(name, Text(), null=null, key=key, default=default)


def blob(name: str, *, null: bool = False, key: bool = False) -> Column[Any]:
    """Return a bytea column: a 16-byte key, a hash, a cipher text or an artefact."""
    return _column(name, LargeBinary(), null=null, key=key, default=None)


def instant(name: str, *, null: bool = False, key: bool = False) -> Column[Any]:
    """Return a timestamptz column; instants are UTC."""
    return _column(name, DateTime(timezone=True), null=null, key=key, default=None)


def day(name: str, *, null: bool = False, key: bool = False) -> Column[Any]:
    """Return a date column: a business date in the store's or the shop's zone."""
    return _column(name, Date(), null=null, key=key, default=None)


def number(
    name: str, *, null: bool = False, key: bool = False, default: str | None = None
) -> Column[Any]:
    """Return a bigint column: minor units, thousandths or a counter."""
    return _column(name, BigInteger(), null=null, key=key, default=default)


def document(name: str, *, null: bool = False, default: str | None = None) -> Column[Any]:
    """Return a jsonb column."""
    return _column(name, JSONB(), null=null, key=False, default=default)


def counters(names: Iterable[str]) -> list[Column[Any]]:
    """Return one summing bigint column per name, zero at first."""
    return [number(name, default="0") for name in names]
