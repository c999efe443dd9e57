"""What routes and use cases are given, made once in the lifespan."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Annotated

import asyncpg
from fastapi import Depends, Path, Request
from pydantic import AfterValidator

from services.ingest.rescoring import Rescoring
from services.ingest.usecases.reading import Registry
from shared.auth import require
from shared.clock import Clock
from shared.fields import identifier
from shared.keys import Caller
from shared.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Ingest:
    """The running service, as its use cases see it."""

    pool: asyncpg.Pool
    clock: Clock
    secrets: Secrets
    zone: tzinfo
    registry: Registry
    rescoring: Rescoring
    max_batch_bytes: int


def running(request: Request) -> Ingest:
    """Return the running service."""
    ingest: Ingest = request.app.state.ingest
    return ingest


Running = Annotated[Ingest, Depends(running)]
EventWriter = Annotated[Caller, Depends(require("events:write"))]
CustomerReader = Annotated[Caller, Depends(require("customers:read"))]
CustomerWriter = Annotated[Caller, Depends(require("customers:write"))]
PathId = Annotated[str, Path(max_length=128), AfterValidator(identifier)]
