"""One operation of a service, as the hostile corpus sends to it."""

import json
from dataclasses import dataclass
from typing import Any

from typing_extensions import override

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Route:
    """One operation, and a body it would take; `{}` in the address stands for an id."""

    service: str
    method: str
    path: str
    body: Any = None
    cap: int = MIB
    takes_pages: bool = False

    @override
    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def valid(self) -> bytes:
        return json.dumps(self.body).encode()

    def address(self, name: str = "c-1") -> str:
        return self.path.replace("{}", name)
