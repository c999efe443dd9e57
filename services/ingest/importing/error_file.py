"""The list of rows that had no effect: made when the first one is found."""

import csv
from pathlib import Path
from threading import Lock
from typing import Any, Self, TextIO

from services.ingest.importing.refusal import FileRefused
from services.ingest.usecases.files.import_file import RowFault


class ErrorFile:
    """A CSV of row number (the header is not counted), code and message; no content of the rows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._lock = Lock()  # rows are read in one thread, conflicts told by another
        self._file: TextIO | None = None
        self._rows: Any = None

    def add(self, fault: RowFault) -> None:
        """List a row; raises FileRefused if the list cannot be written."""
        with self._lock:
            if self._file is None:
                self._open()
            self._rows.writerow((fault.row, fault.code, fault.message))
            self.count += 1

    def _open(self) -> None:
        try:
            self._file = self.path.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise FileRefused(
                f"rows are refused, but {self.path} cannot be written ({error.strerror}): "
                "name another file with --errors"
            ) from None
        self._rows = csv.writer(self._file)
        self._rows.writerow(("row", "code", "message"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
