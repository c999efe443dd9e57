"""Where the file of last known tiers lies, and which key it is signed with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from shared.secrets import Secrets, sign

_NAME: Final = "last-known-tiers"
_PURPOSE: Final = b"last-known-tiers"


def snapshot_path(setting: str | None, home: str) -> Path:
    """Name the file: the setting's, else one in the home of this installation."""
    return Path(setting) if setting else Path(home) / "scoring" / _NAME


def snapshot_key(secrets: Secrets) -> bytes:
    """Derive the key that signs the file and hides its identifiers."""
    return sign(secrets.session_token_key, _PURPOSE)
