"""docs/promises.md names tests that exist, and says of every row what is shown or missing."""

import ast
import re
from functools import cache

import pytest

from tests.paths import REPO_DIR

TEXT = (REPO_DIR / "docs" / "promises.md").read_text("utf-8")
_ROW = re.compile(r"^\| (P?\d+) \| [^|]+ \| (.+) \|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_NOT_YET = re.compile(r"not yet: (issue [67]|no issue)")
ROWS = dict(_ROW.findall(TEXT))
NAMED = sorted(set(_TEST.findall(TEXT)))
#: The shared list of promises has no 18, the one of hostile inputs no 44.
PROMISED = {f"P{n}" for n in range(1, 21)} - {"P18"}
HOSTILE = {f"{n}" for n in range(1, 47)} - {"44"}
SHOWN = (
    *(f"P{n}" for n in (*range(1, 9), 10, 11, 12, 13, 15, 16, 17, 19)),
    *(f"{n}" for n in (*range(1, 44), 45, 46)),
)


@cache
def functions_in(path: str) -> frozenset[str]:
    """Return the test functions of a file."""
    tree = ast.parse((REPO_DIR / path).read_text("utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, functions))


def test_every_promise_and_every_hostile_input_has_one_row() -> None:
    assert set(ROWS) == PROMISED | HOSTILE
    assert len(_ROW.findall(TEXT)) == len(ROWS)


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_is_named_exists(path: str, name: str) -> None:
    assert name in functions_in(path)


@pytest.mark.parametrize("row", SHOWN)
def test_what_ingest_promises_is_shown_by_a_test(row: str) -> None:
    assert _TEST.search(ROWS[row])
    assert not _NOT_YET.match(ROWS[row])


@pytest.mark.parametrize("row", sorted(PROMISED | HOSTILE))
def test_what_has_no_test_says_where_it_belongs(row: str) -> None:
    assert _TEST.search(ROWS[row]) or _NOT_YET.match(ROWS[row])
