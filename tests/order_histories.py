"""Random histories in which several routes tell of the same orders: hypothesis strategies."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tests.histories import START, Body, histories, lines_of_goods, renamed, shuffled

#: The authority for the orders of its namespace, and a source that is not.
AUTHORITY, HEARSAY = "till", "web"
_KINDS = ("order_completed", "order_updated", "order_refunded", "order_cancelled")
_ORDERS = ("o0", "o1")


@dataclass(frozen=True, slots=True)
class Told:
    """One item, by whom it is told, and where it is posted."""

    source: str
    path: str
    body: Body

    def renamed(self, prefix: str) -> "Told":
        """Return the same about the stores, orders and customers of another history."""
        body = renamed(self.body, prefix)
        if self.body.get("order_id"):
            body["order_id"] = prefix + self.body["order_id"]
        if "event_id" in self.body:
            body["event_id"] = prefix + self.body["event_id"]
            body["properties"] = {
                name: prefix + value if name in {"order_id", "store_id"} else value
                for name, value in self.body["properties"].items()
            }
        return replace(self, body=body)


@dataclass(frozen=True, slots=True)
class Story:
    """What is told, and the order, repeats and batches it arrives in."""

    told: tuple[Told, ...]
    arrival: tuple[tuple[int, ...], ...]


@st.composite
def _events(draw: st.DrawFn, number: int) -> Told:
    kind = draw(st.sampled_from(_KINDS))
    minute, who = draw(st.integers(0, 20 * 24 * 60)), draw(st.none() | st.integers(0, 2))
    properties: dict[str, Any] = {
        "order_id": draw(st.sampled_from(_ORDERS)),
        "store_id": f"s{number % 2}",
    }
    if kind != "order_cancelled" and (kind != "order_refunded" or draw(st.booleans())):
        properties |= {"currency": "CNY", "lines": draw(lines_of_goods())}
    body = {
        "event_id": f"e{number}",
        "type": kind,
        "occurred_at": (START + timedelta(minutes=minute)).isoformat(),
        "customer": None if who is None else {"customer_id": f"c{who}"},
        "properties": properties,
    }
    return Told(draw(st.sampled_from((AUTHORITY, AUTHORITY, HEARSAY))), "/v1/events", body)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Receipts of three customers and of nobody, some with order ids, and events about those."""
    ids = st.sampled_from((None, *_ORDERS))
    told = [
        Told(
            draw(st.sampled_from((AUTHORITY, AUTHORITY, HEARSAY))) if body["type"] == "sale"
            else AUTHORITY,
            "/v1/receipts",
            body | ({"order_id": draw(ids)} if body["type"] == "sale" else {}),
        )
        for body in draw(histories()).receipts
    ]  # fmt: skip
    told += [draw(_events(number)) for number in range(draw(st.integers(0, 4)))]
    return Story(tuple(told), draw(shuffled(len(told))))
