"""Make room for merges, order claims, findings, sources, imports, erasures; nothing is removed."""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Run the frozen statements; they are separated by a blank line."""
    script = (Path(__file__).parent / "sql_0002" / "ingest.sql").read_text("utf-8")
    for statement in script.split(";\n\n"):
        op.get_bind().exec_driver_sql(statement.rstrip().removesuffix(";"))
