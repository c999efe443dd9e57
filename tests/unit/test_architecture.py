"""Who may import whom, how large things may grow, and where SQL may stand."""

import ast
import sys
from pathlib import Path

import pytest

from tests.unit.source_tree import CODE, Source, sources

BANNED_NAMES = frozenset({"utils", "util", "helpers", "common", "core", "base", "manager", "misc"})
# shared/contracts/common.py holds what several contracts say in the same words.
NAMED_ALL_THE_SAME = frozenset({"shared/contracts/common.py"})
# Background loops and runners of jobs are process edges: they log what went wrong and go on. The
# group commit hands what went wrong to the requests that wait for it.
EDGES = frozenset(
    {
        "shared/loops.py",
        "shared/job_runner.py",
        "deploy/worker.py",
        "services/ingest/usecases/committing.py",
        # whoever waits for a shared commit or a shared answer is told what went wrong
        "services/feedback/usecases/together.py",
        "services/feedback/usecases/capture/committing.py",
    }
)
# Platform tables (keys, jobs, outbox, audit log, idempotency keys) have no service: their
# statements are here.
PLATFORM_SQL = (
    "shared/audit.py",
    "shared/auth_queries.py",
    "shared/health.py",
    "shared/idempotency",
    "shared/job",
    "shared/key_rows.py",
    "shared/outbox.py",
    "deploy/local/database.py",
)
LEARNING = frozenset({"sklearn", "joblib", "scipy", "onnxruntime"})
DATABASE = frozenset({"sqlalchemy", "asyncpg", "alembic"})
WEB = frozenset({"fastapi", "starlette"})
SHOWN = frozenset({"nicegui"})
#: layer -> layers of the same service it may import besides itself
LAYERS = {
    "routes": {"usecases", "domain", "errors", "deps", "settings"},
    "usecases": {"domain", "errors", "queries", "model", "settings"},
    "queries": {"domain", "errors"},
    "domain": set(),
    "model": {"domain"},
    # the console: what is read and asked for knows no page, a page knows no SQL
    "pages": {"parts", "reading", "changing", "visiting", "words", "accounts", "reports", "decks"},
    "parts": {"visiting", "words", "accounts"},
    "reading": {"visiting"},
    "changing": {"visiting", "accounts", "reports"},
    "visiting": {"words", "accounts", "settings"},
    "words": {"accounts"},
}
#: layer -> packages it may not import
FORBIDDEN = {
    "routes": DATABASE | LEARNING,
    "usecases": WEB | LEARNING,
    "queries": WEB | LEARNING,
    "model": WEB | DATABASE,
    "pages": DATABASE | LEARNING,
    "parts": DATABASE | LEARNING,
    "reading": DATABASE | LEARNING | WEB | SHOWN,
    "changing": DATABASE | LEARNING | WEB | SHOWN,
    "visiting": DATABASE | LEARNING | WEB | SHOWN,
    "decks": DATABASE | LEARNING | WEB | SHOWN,
}
# Whole bases at once: a loop over a million customers is no option, one code path is a must.
WITH_NUMPY = tuple(
    f"services/scoring/domain/{name}"
    for name in (
        "days.py",
        "features/",
        "past_facts.py",
        "tiers/class_cuts.py",
        "tiers/decide.py",
        "tiers/first_decisions.py",
        "tiers/inputs.py",
        "tiers/release.py",
        "why/explanation.py",
        "why/flip.py",
    )
)

ALL_CODE = sources(*CODE)
SERVICES = sources("services")
SHARED = sources("shared")


def roots(source: Source) -> set[str]:
    return {name.partition(".")[0] for name in source.imports}


def layers_imported(source: Source) -> set[str]:
    own = [name.split(".") for name in source.imports if name.startswith("services.")]
    return {parts[2] for parts in own if len(parts) > 2} - {source.layer}


def test_services_never_import_each_other() -> None:
    found = {
        f"{s.name}: {name}"
        for s in SERVICES
        for name in s.imports
        if name.startswith("services.") and name.split(".")[1] != s.service
    }
    assert not found


def test_services_never_import_deploy_or_tests() -> None:
    assert not {s.name for s in SERVICES if roots(s) & {"deploy", "tests"}}


def test_shared_imports_no_service() -> None:
    assert not {s.name for s in SHARED if roots(s) & {"services", "deploy", "tests"}}


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_import_downwards_only(layer: str) -> None:
    found = {
        f"{s.name}: {', '.join(wrong)}"
        for s in SERVICES
        if s.layer == layer and (wrong := sorted(layers_imported(s) - LAYERS[layer]))
    }
    assert not found


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_layers_leave_packages_to_others(layer: str) -> None:
    found = {
        f"{s.name}: {', '.join(wrong)}"
        for s in SERVICES
        if s.layer == layer and (wrong := sorted(roots(s) & FORBIDDEN[layer]))
    }
    assert not found


def test_domain_is_standard_library() -> None:
    allowed = sys.stdlib_module_names | {"services"}
    found = {
        f"{s.name}: {', '.join(wrong)}"
        for s in SERVICES
        if s.layer == "domain" and (wrong := sorted(roots(s) - allowed - _arrays(s)))
    }
    assert not found


def _arrays(source: Source) -> set[str]:
    return {"numpy"} if source.name.startswith(WITH_NUMPY) else set()


def test_only_the_model_learns() -> None:
    learners = {s.name for s in ALL_CODE if roots(s) & LEARNING}
    assert all(name.startswith("services/scoring/model/") for name in learners), learners


def test_only_queries_read_the_schema() -> None:
    found = {
        s.name
        for s in SERVICES
        if s.layer != "queries" and any(name.startswith("shared.schema.") for name in s.imports)
    }
    # Every process compares the database's migration with its own.
    heads = {s for s in found if Path(s).name in {"app.py", "worker.py"}}
    assert not found - heads


def test_sql_stands_in_queries_and_the_schema() -> None:
    found = {
        f"{s.name}:{line}"
        for s in ALL_CODE
        if not s.is_queries and not s.name.startswith(("shared/schema/", *PLATFORM_SQL))
        for line in s.sql
    }
    assert not found


def test_functions_are_at_most_50_lines() -> None:
    found = {
        f"{s.name}: {f.name}"
        for s in (*ALL_CODE, *sources("tests"))
        for f in s.functions
        if (f.end_lineno or f.lineno) - f.lineno >= 50
    }
    assert not found


def test_files_are_at_most_300_lines() -> None:
    def limit(source: Source) -> int:
        return 400 if source.name.startswith(("shared/schema/", "shared/contracts/")) else 300

    assert not {s.name for s in (*ALL_CODE, *sources("tests")) if s.line_count > limit(s)}


def test_file_names_say_something() -> None:
    found = {s.name for s in ALL_CODE if BANNED_NAMES & set(s.path.with_suffix("").parts)}
    assert not found - NAMED_ALL_THE_SAME


def test_broad_handlers_stand_at_process_edges() -> None:
    found = {f"{s.name}:{n}" for s in ALL_CODE if s.name not in EDGES for n in s.broad_handlers}
    assert not found


def test_modules_say_why_they_exist() -> None:
    assert not {s.name for s in ALL_CODE if s.text.strip() and ast.get_docstring(s.tree) is None}
