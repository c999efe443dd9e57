"""A small service run as a process of its own: `python -m tests.integration.shared.serving_app`."""

import asyncio
import sys
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI

from shared.contracts.common import OpenObject
from shared.http import create_service_app, serve
from shared.wire import WireModel, json_body


class Load(WireModel):
    """Anything."""

    cargo: OpenObject


def create_app() -> FastAPI:
    router = APIRouter()

    @router.post("/load")
    async def load(body: Annotated[Load, Depends(json_body(Load))]) -> dict[str, int]:
        return {"size": len(body.cargo)}

    @router.get("/slow")
    async def slow() -> dict[str, bool]:
        await asyncio.sleep(1)
        return {"done": True}

    return create_service_app(service="serving", title="Serving", routers=[router], table={})


if __name__ == "__main__":
    serve(create_app, "127.0.0.1", int(sys.argv[1]))
