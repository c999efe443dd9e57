"""The feedback service in memory, as far as the demo shop sets up its care."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.feedback.usecases.care.presets import packaged_presets

Documents = dict[str, dict[str, Any]]


@dataclass(slots=True)
class FakeFeedback:
    """Remembers documents by room and key, links, answers, and how often it was told what."""

    rooms: dict[str, Documents] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    answers: Documents = field(default_factory=dict)
    runs: Counter[str] = field(default_factory=Counter)
    told: list[dict[str, Any]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    #: How many answers are taken before the service refuses.
    fails_after: int | None = None

    def routes(self) -> list[Route]:
        rooms = [
            Route(f"/v1/{room}", self._room, methods=["GET", "POST"])
            for room in ("surveys", "offers", "playbooks", "experiments", "interactions")
        ]
        return [
            Route("/v1/playbooks/presets", self._presets, methods=["GET"]),
            Route("/v1/kpis/rebuild", self._rebuild, methods=["POST"]),
            Route("/v1/reviews", self._reviews, methods=["GET", "POST"]),
            Route("/v1/kpis/targets", self._targets, methods=["GET", "PUT"]),
            Route("/v1/surveys/{key}/open", self._turn, methods=["POST"]),
            Route("/v1/surveys/{key}/responses", self._responses, methods=["GET"]),
            Route("/v1/surveys/{key}/invitations", self._invite, methods=["POST"]),
            Route("/v1/surveys/answer/{token}", self._answer, methods=["POST"]),
            Route("/v1/experiments/{key}", self._one, methods=["GET"]),
            Route("/v1/experiments/{key}/start", self._turn, methods=["POST"]),
            Route("/v1/playbooks/{key}", self._playbook, methods=["GET", "PUT"]),
            Route("/v1/playbooks/{key}/run", self._run, methods=["POST"]),
            Route("/v1/offers/{key}/responses", self._tell, methods=["POST"]),
            *rooms,
        ]

    def room(self, name: str) -> Documents:
        return self.rooms.setdefault(name, {})

    async def _room(self, request: Request) -> Response:
        name = request.url.path.split("/")[2]
        if name == "interactions":
            return await self._tell(request)
        if request.method == "GET":
            return JSONResponse({"items": list(self.room(name).values()), "next_cursor": None})
        body = await request.json()
        assert body["key"] not in self.room(name)
        self.room(name)[body["key"]] = {"version": 1, "last_run": None, "state": "draft"} | body
        return JSONResponse(body, status_code=201)

    async def _one(self, request: Request) -> Response:
        return JSONResponse(self._found(request))

    async def _turn(self, request: Request) -> Response:
        self._found(request)["state"] = request.url.path.rsplit("/", 1)[1]
        self.steps.append(request.url.path)
        return JSONResponse({})

    async def _playbook(self, request: Request) -> Response:
        found = self._found(request)
        if request.method == "PUT":
            assert request.headers["if-match"] == f'"{found["version"]}"'
            found |= await request.json() | {"version": found["version"] + 1}
            self.steps.append(request.url.path)
        return JSONResponse(found)

    async def _run(self, request: Request) -> Response:
        found = self._found(request)
        assert found["state"] == "live"
        found["last_run"] = {"occasion": "manual"}
        self.runs[found["key"]] += 1
        return JSONResponse({}, status_code=202)

    async def _presets(self, _: Request) -> Response:
        items = [{"key": key, "document": each} for key, each in packaged_presets().items()]
        return JSONResponse({"items": items})

    async def _targets(self, request: Request) -> Response:
        known = self.room("targets")
        if request.method == "GET":
            return JSONResponse({"items": list(known.values())})
        body = await request.json()
        assert body["kpi"] not in known
        known[body["kpi"]] = body
        return JSONResponse(body, status_code=201)

    async def _rebuild(self, _: Request) -> Response:
        self.steps.append("rebuild")
        return JSONResponse({"job_id": "kpis"}, status_code=202)

    async def _reviews(self, request: Request) -> Response:
        known = self.room("reviews")
        if request.method == "GET":
            return JSONResponse({"items": list(known.values())})
        body = await request.json()
        assert body["quarter"] not in known
        known[body["quarter"]] = body
        return JSONResponse(body, status_code=202)

    async def _invite(self, request: Request) -> Response:
        assert self._found(request)["state"] == "open"
        customers = (await request.json())["customers"]
        self.links |= {f"token-{who}": who for who in customers}
        items = [{"customer_id": who, "token": f"token-{who}"} for who in customers]
        return JSONResponse({"items": items})

    async def _answer(self, request: Request) -> Response:
        if len(self.answers) == self.fails_after:
            return JSONResponse({}, status_code=500)
        who = self.links[request.path_params["token"]]
        assert who not in self.answers
        self.answers[who] = await request.json()
        return JSONResponse({}, status_code=201)

    async def _responses(self, _: Request) -> Response:
        return JSONResponse({"items": [{"customer_id": who} for who in self.answers]})

    async def _tell(self, request: Request) -> Response:
        self.told.append(await request.json())
        return JSONResponse({}, status_code=201)

    def _found(self, request: Request) -> dict[str, Any]:
        return self.room(request.url.path.split("/")[2])[request.path_params["key"]]
