"""Where tests find things, and what they do when the material beside the checkout is absent."""

import os
from pathlib import Path

import pytest

REPO_DIR = Path(__file__).resolve().parents[1]
SHARED_DIR = REPO_DIR / ".." / "shared"


def require_shared(relative: str) -> Path:
    """Give a path below the shared material; without it fail in CI, skip elsewhere."""
    path = SHARED_DIR / relative
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"shared/{relative} must lie beside the checkout in CI")
        pytest.skip(f"shared/{relative} is not beside the checkout")
    return path
