"""Services that answer as a test says, for what reads reports."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import httpx

from services.console.reports.reading.asking import Asker
from services.console.visiting.services import Service
from shared.clients.transport import Transport
from tests.deck_figures import SHANGHAI

Answer = Callable[[httpx.Request], httpx.Response]
NAME: Final = {"en": "Name", "zh": "名称"}
MONEY: Final = {"amount": "12.50", "currency": "CNY"}


def asker_of(answer: Answer) -> Asker:
    async def nobody_sleeps(_: float) -> None:
        return None

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://service")
    transport = Transport(client, sleep=nobody_sleeps)
    ways = dict.fromkeys(Service, transport)
    return Asker(ways, date(2026, 10, 1), date(2026, 10, 31), SHANGHAI, sleep=nobody_sleeps)


def giving(answers: Mapping[str, Any]) -> Answer:
    """Answer by path; what is not there is not found."""

    def answer(request: httpx.Request) -> httpx.Response:
        body = answers.get(request.url.path)
        return httpx.Response(404, json={}) if body is None else httpx.Response(200, json=body)

    return answer
