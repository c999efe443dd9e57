"""Create every table of the first release, from the frozen SQL beside this file."""

from collections.abc import Sequence
from pathlib import Path

from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OWNERS = ("platform", "ingest", "scoring", "feedback")


def upgrade() -> None:
    """Run the statements of each owner; they are separated by a blank line."""
    for owner in _OWNERS:
        script = (Path(__file__).parent / "sql_0001" / f"{owner}.sql").read_text("utf-8")
        for statement in script.split(";\n\n"):
            op.get_bind().exec_driver_sql(statement.rstrip().removesuffix(";"))
