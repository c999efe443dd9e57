"""Pass a session's events on to ingest before its tiers are read, with the sender's own key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from shared.clients.transport import RemoteProblem, RemoteUnavailable
from shared.contracts.receipts import BatchResult

_UNAVAILABLE: Final = "ingest_unavailable"
_WORDS: Final = {
    "en": "The events were not acknowledged: send them again, nothing is counted twice",
    "zh": "事件未被确认接收：请重新发送，不会重复计算",
}
_REFUSED_WORDS: Final = {
    "en": "The events were refused as a whole: see the code; nothing was stored",
    "zh": "这批事件被整体拒绝：原因见 code；没有任何内容被保存",
}


class EventTaker(Protocol):
    """Takes events in, or says that it cannot (shared/clients/ingest.py)."""

    async def pass_on_events(
        self, events: Sequence[Any], *, key: str, timeout_s: float
    ) -> BatchResult:
        """Post them; raises RemoteProblem or RemoteUnavailable."""
        ...


async def pass_on(
    taker: EventTaker | None, events: Sequence[Any], *, key: str, timeout_s: float
) -> dict[str, Any]:
    """Say what became of the events; never raises for what ingest does."""
    if taker is None:
        return _not_accepted(_UNAVAILABLE, is_retryable=True)
    try:
        result = await taker.pass_on_events(events, key=key, timeout_s=timeout_s)
    except RemoteUnavailable:
        return _not_accepted(_UNAVAILABLE, is_retryable=True)
    except RemoteProblem as problem:
        return _not_accepted(problem.code, is_retryable=problem.status in (429, 502, 503, 504))
    return {"status": "accepted", **result.model_dump(mode="json")}


def _not_accepted(code: str, *, is_retryable: bool) -> dict[str, Any]:
    words = _WORDS if is_retryable else _REFUSED_WORDS
    return {"status": "not_accepted", "code": code, "message": words, "retryable": is_retryable}


def filled(events: Sequence[Any], named: Mapping[str, str], external: object) -> list[Any]:
    """Name the session's customer in every event that names nobody; the rest stays as it came.

    Ingest links what is named together: an anonymous id beside a customer's joins their browsing.
    """
    customer: dict[str, Any] = {
        kind: value for kind, value in named.items() if not kind.startswith("external:")
    }
    if external:
        customer |= {"external": external}
    return [
        {**event, "customer": customer}
        if customer and isinstance(event, dict) and event.get("customer") is None
        else event
        for event in events
    ]
