"""Every reason an item may be refused for is in the documentation, and no other."""

import ast
import re
from collections.abc import Iterator

from services.ingest.usecases.senders.salvage import OF_ONE
from shared import decimal_text, faults
from shared.money import MoneyFault
from tests.paths import REPO_DIR
from tests.unit.source_tree import Source, sources

#: Codes of parts of requests that are no items.
_OF_REQUESTS = frozenset({"bad_cursor"})
_SHARED = frozenset({"shared/fields.py", "shared/identifiers.py", "shared/contracts/common.py"})
_REFUSES = frozenset({"ItemRefused", "RowFault", "fault"})


def documented() -> set[str]:
    text = (REPO_DIR / "docs" / "ingest.md").read_text("utf-8")
    table = text.partition("### Reasons")[2].partition("## Quality")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    return {code for row in rows for code in re.findall(r"`([a-z_]+)`", row)}


def literals(source: Source) -> Iterator[str]:
    """Yield the codes that a source refuses with: constants among the first two arguments."""
    for node in source.nodes:
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _REFUSES:
            values = [part.value for part in node.args[:2] if isinstance(part, ast.Constant)]
            yield from (str(value) for value in values[:1])


def raised() -> set[str]:
    messages = faults._MESSAGES  # noqa: SLF001 - the table itself is what is compared
    of_fields = {code for code, _ in messages.values()} | {"invalid"}
    kinds: list[type[MoneyFault]] = [MoneyFault, *MoneyFault.__subclasses__()]
    of_money = {kind.code for kind in kinds}
    of_items = [source for source in sources("shared") if source.name in _SHARED]
    files = (*sources("services/ingest"), *of_items)
    return of_fields | of_money | OF_ONE | {code for s in files for code in literals(s)}


def test_every_reason_is_documented_and_none_is_made_up() -> None:
    missing = {code for code in raised() - _OF_REQUESTS if re.fullmatch("[a-z_]+", code)}
    assert missing - documented() == set()
    assert documented() - raised() == set()


def test_decimals_are_refused_with_reasons_of_money() -> None:
    messages = decimal_text._MESSAGES  # noqa: SLF001 - as above
    assert set(messages) <= documented()
