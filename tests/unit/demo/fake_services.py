"""Ingest, scoring and feedback in memory, as far as the player talks to them."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.unit.demo.fake_feedback import FakeFeedback
from tests.unit.demo.wire_checker import natural_key

KEY = "tl_sk_test"
JOB = "0190a7a0-0000-7000-8000-000000000001"


@dataclass(slots=True)
class FakeServices:
    """Remembers what was posted. Knobs: how often it is busy first, and what it gets wrong."""

    busy: int = 0
    accepts_copies: bool = False
    rejects_first: bool = False
    training_ends: str = "done"
    known: set[object] = field(default_factory=set)
    calls: Counter[str] = field(default_factory=Counter)
    order: list[str] = field(default_factory=list)
    feedback: list[dict[str, Any]] = field(default_factory=list)
    polls: int = 0
    #: Where the coffee club stands: nothing yet, draft, publishing, in force.
    coffee: str = ""
    care: FakeFeedback = field(default_factory=FakeFeedback)

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app()))

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/stores/{id}", self._put, methods=["PUT"]),
                Route("/v1/sources/{id}", self._put, methods=["PUT"]),
                Route("/v1/customers/{id}", self._put, methods=["PUT"]),
                Route("/v1/receipts", self._receipts, methods=["POST"]),
                Route("/v1/events", self._events, methods=["POST"]),
                Route("/v1/models/train", self._train, methods=["POST"]),
                Route("/v1/models", self._models, methods=["GET"]),
                Route("/v1/jobs/{id}", self._job, methods=["GET"]),
                Route("/v1/presets", self._presets, methods=["GET"]),
                Route("/v1/programmes", self._programmes, methods=["GET", "POST"]),
                Route("/v1/programmes/coffee/versions/1", self._version, methods=["GET"]),
                Route("/v1/programmes/coffee/versions/1/publish", self._publish, methods=["POST"]),
                Route("/v1/feedback", self._feedback, methods=["POST"]),
                *self.care.routes(),
            ]
        )

    async def _put(self, request: Request) -> Response:
        self._seen(request)
        return JSONResponse({})

    async def _receipts(self, request: Request) -> Response:
        self._seen(request)
        if self.busy:
            self.busy -= 1
            return JSONResponse({"title": "busy"}, status_code=503)
        items = (await request.json())["receipts"]
        return JSONResponse(self._judged([natural_key(item) for item in items]))

    async def _events(self, request: Request) -> Response:
        self._seen(request)
        items = (await request.json())["events"]
        return JSONResponse(self._judged([item["event_id"] for item in items]))

    def _judged(self, keys: list[Any]) -> dict[str, Any]:
        if self.rejects_first:
            fault = {"index": 0, "code": "bad", "message": "no", "quarantine_id": "q"}
            return {"accepted": len(keys) - 1, "duplicates": 0, "conflicts": [],
                    "rejected": [fault], "sequence": 1}  # fmt: skip
        before = len(self.known)
        self.known.update(keys)
        accepted = len(keys) if self.accepts_copies else len(self.known) - before
        return {"accepted": accepted, "duplicates": len(keys) - accepted, "conflicts": [],
                "rejected": [], "sequence": len(self.known)}  # fmt: skip

    async def _train(self, request: Request) -> Response:
        self._seen(request)
        return JSONResponse({"job_id": JOB}, status_code=202)

    async def _models(self, request: Request) -> Response:
        versions = {"2026-11-22-2": "rejected", "2026-11-22-1": "live"}
        listed = [{"model_version": name, "status": said} for name, said in versions.items()]
        return JSONResponse({"items": listed})

    async def _job(self, request: Request) -> Response:
        self._seen(request)
        self.polls += 1
        states = ("queued", "running", self.training_ends)
        status = states[min(max(self.polls, 1), 3) - 1]
        result = {"model_version": "2026-11-22-1"} if status == "done" else None
        return JSONResponse({"id": JOB, "kind": "train", "status": status, "result": result,
                             "progress": self.polls / 3, "message": "folds"})  # fmt: skip

    async def _presets(self, request: Request) -> Response:
        self._seen(request)
        return JSONResponse({"items": [{"key": "coffee", "document": {"kind": "status"}}]})

    async def _programmes(self, request: Request) -> Response:
        self._seen(request)
        if request.method == "POST":
            assert (await request.json())["document"] == {"kind": "status"}
            assert not self.coffee
            self.coffee = "draft"
            return JSONResponse({"version": 1}, status_code=201)
        release = "r-2" if self.coffee == "in force" else None
        listed = [{"programme": "coffee", "release": release}] if self.coffee else []
        return JSONResponse({"items": listed, "next_cursor": None})

    async def _version(self, request: Request) -> Response:
        self._seen(request)
        return JSONResponse({"status": self.coffee, "note": {"job_id": JOB}})

    async def _publish(self, request: Request) -> Response:
        self._seen(request)
        assert self.coffee == "draft"
        self.coffee = "publishing"
        return JSONResponse({"job_id": JOB, "changes": []}, status_code=202)

    async def _feedback(self, request: Request) -> Response:
        self._seen(request)
        self.feedback.append(await request.json())
        return JSONResponse({}, status_code=201)

    def _seen(self, request: Request) -> None:
        assert request.headers["authorization"] == f"Bearer {KEY}"
        name = request.url.path.split("/")[2]
        self.calls[name] += 1
        if not self.order or self.order[-1] != name:
            self.order.append(name)
