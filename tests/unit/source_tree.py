"""The source tree as data: which file imports what, how long things are, what SQL it holds."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from tests.paths import REPO_DIR

CODE = ("services", "shared", "deploy")
_SQL = re.compile(
    r"\s*(SELECT\s.+\sFROM\s|INSERT\s+INTO\s|UPDATE\s.+\sSET\s|DELETE\s+FROM\s|WITH\s.+\sAS\s*\("
    r"|(CREATE|ALTER|DROP|TRUNCATE)\s+(TABLE|INDEX|SEQUENCE|TYPE)\s)",
    re.DOTALL,
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file, by its path below the repository."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.as_posix()

    @property
    def layer(self) -> str:
        """`domain` of services/scoring/domain/days.py, `worker` of services/ingest/worker.py."""
        return self.path.parts[2].removesuffix(".py") if self.service else ""

    @property
    def service(self) -> str:
        is_of_service = self.path.parts[0] == "services" and len(self.path.parts) > 2
        return self.path.parts[1] if is_of_service else ""

    @property
    def is_queries(self) -> bool:
        """Whether SQL may stand here: the room of queries, of a service or of a part of it."""
        return bool(self.service) and "queries" in self.path.with_suffix("").parts

    @property
    def line_count(self) -> int:
        return self.text.count("\n")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> frozenset[str]:
        """Every module named by an import, at the top or inside a function."""
        return frozenset(_imports(self.nodes))

    @property
    def functions(self) -> Iterator[Function]:
        return (node for node in self.nodes if isinstance(node, Function))

    @property
    def sql(self) -> Iterator[int]:
        """The lines where a string that is no docstring is an SQL statement."""
        docstrings = set(_docstrings(self.nodes))
        for node in self.nodes:
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node not in docstrings
                and _SQL.match(node.value)
            ):
                yield node.lineno

    @property
    def broad_handlers(self) -> Iterator[int]:
        """The lines of `except Exception` (or wider) that do not raise again."""
        for node in self.nodes:
            if isinstance(node, ast.ExceptHandler) and _is_broad(node):
                yield node.lineno


@cache
def sources(*roots: str) -> tuple[Source, ...]:
    """Read every Python file below the roots."""
    paths = sorted(path for root in roots for path in (REPO_DIR / root).rglob("*.py"))
    return tuple(Source(p.relative_to(REPO_DIR), p.read_text(encoding="utf-8")) for p in paths)


def _imports(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _docstrings(nodes: Iterable[ast.AST]) -> Iterator[ast.Constant]:
    for node in nodes:
        if isinstance(node, ast.Module | ast.ClassDef | Function) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def _is_broad(handler: ast.ExceptHandler) -> bool:
    named = (
        {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)} if handler.type else ""
    )
    is_wide = not named or bool({"Exception", "BaseException"} & set(named))
    is_raised_again = any(isinstance(n, ast.Raise) for n in ast.walk(handler))
    return is_wide and not is_raised_again
