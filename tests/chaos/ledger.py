"""A ledger on disk: what was sent, what was acknowledged; each line synced at once."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Body = dict[str, Any]


@dataclass(slots=True)
class Ledger:
    """Receipts by number: a line before they are sent, a line after they are acknowledged."""

    path: Path
    count: int = 0
    _file: int = field(init=False)

    def __post_init__(self) -> None:
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def sending(self, receipts: list[Body]) -> None:
        self._write({"sending": receipts})

    def acknowledged(self, receipts: list[Body]) -> None:
        self._write({"acknowledged": [receipt["sequence_number"] for receipt in receipts]})
        self.count += len(receipts)

    def close(self) -> None:
        os.close(self._file)

    def read(self) -> tuple[dict[int, Body], set[int]]:
        """Return every receipt ever sent by number, and the numbers acknowledged."""
        sent: dict[int, Body] = {}
        acknowledged: set[int] = set()
        for line in self.path.read_text("utf-8").splitlines():
            entry = json.loads(line)
            sent.update({r["sequence_number"]: r for r in entry.get("sending", ())})
            acknowledged.update(entry.get("acknowledged", ()))
        return sent, acknowledged

    def _write(self, entry: Body) -> None:
        os.write(self._file, json.dumps(entry).encode() + b"\n")
        os.fdatasync(self._file)
