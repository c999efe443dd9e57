"""axe-core in a page: what people with a screen reader, a keyboard or weak eyes cannot use."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.paths import REPO_DIR

_PACKAGE = REPO_DIR / "tests" / "browser"
_RUN = """() => axe.run(document, {resultTypes: ['violations'], runOnly: {type: 'tag',
    values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})"""
_SERIOUS = frozenset({"serious", "critical"})


def installed_axe(directory: Path) -> str:
    """Install the locked axe-core below a directory; give its source."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(_PACKAGE / name, directory)
    install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(install, cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return (directory / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def axe_faults(page: Page, source: str) -> list[str]:
    """List serious and critical faults: the rule, where, and what is wrong there."""
    page.evaluate(source)
    found: dict[str, Any] = page.evaluate(_RUN)
    return [
        f"{fault['id']}: {node['target'][0]} {node['html'][:120]} {node['failureSummary'][:300]}"
        for fault in found["violations"]
        if fault["impact"] in _SERIOUS
        for node in fault["nodes"][:3]
    ]
