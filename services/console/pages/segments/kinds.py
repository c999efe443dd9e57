"""The kinds of conditions a row may be: how each begins, and what its fields choose from."""

from typing import Any, Final

Condition = dict[str, Any]
GROUPS: Final = ("all", "any", "not")
#: Money and quantities are written as texts with decimals, everything else whole.
DECIMAL: Final = frozenset({"spend", "margin", "quantity"})
METRICS: Final = (
    "spend", "margin", "orders", "quantity", "days", "returns", "categories", "views", "carts",
    "searches", "checkouts", "social", "referrals", "feedback", "complaints",
)  # fmt: skip
OPS: Final = ("gte", "gt", "lte", "lt", "eq", "ne")
SEVERAL: Final = ("in", "not_in")
ATTRIBUTE_OPS: Final = (
    "eq", "ne", *SEVERAL, "contains", "prefix", "exists", "gte", "gt", "lte", "lt",
)  # fmt: skip
EVENTS: Final = (
    "order_completed", "order_refunded", "searched", "cart_added", "checkout_started",
    "social_engaged", "referral_made", "feedback_given", "product_viewed", "membership_paid",
)  # fmt: skip
LIVES: Final = ("prospect", "new", "active", "at_risk", "churned", "reactivated")
PURPOSES: Final = ("service", "personalisation", "marketing")
RANKED: Final = ("score", "spend", "margin", "orders")
BEGIN: Final[dict[str, Any]] = {
    "metric": {"name": "spend", "op": "gte", "value": "100.00", "last_days": 365},
    "attribute": {"name": "geography.region", "op": "eq", "value": "east"},
    "tier": {"programme": "value", "at_least": "mid"},
    "lifecycle": {"in": ["active"]},
    "performed": {"event": "order_completed", "times": 2, "last_days": 90},
    "not_performed": {"event": "order_completed", "last_days": 90},
    "last_performed": {"event": "order_completed", "op": "gt", "days": 60},
    "consent": {"purpose": "marketing", "is": "granted"},
    "rank": {"of": "spend", "top": 0.2, "last_days": 365},
    "score": {"op": "gte", "value": 1.0},
    "has_been": {"lifecycle": "at_risk", "at_least_days": 14},
    "in_segment": "",
    "random_bucket": {"percent": 10, "seed": "test"},
}


def matched(members: Condition, op: str) -> Condition:
    """Give an attribute compared in another way: with one value, with several, or with none."""
    value = members.get("value", "")
    if op in SEVERAL:
        value = value if isinstance(value, list) else [value] if value != "" else []
    elif isinstance(value, list):
        value = value[0] if value else ""
    others = {name: each for name, each in members.items() if name not in ("op", "value")}
    return {**others, "op": op} if op == "exists" else {**others, "op": op, "value": value}


def kind_of(node: Any) -> str | None:
    """Tell which kind a condition is; None where it has not exactly one member."""
    return next(iter(node)) if isinstance(node, dict) and len(node) == 1 else None


def in_order(kind: str, members: Condition) -> list[str]:
    """List members as somebody reads them: in the order of a new condition, then the others."""
    begin = BEGIN.get(kind)
    known = [name for name in begin if name in members] if isinstance(begin, dict) else []
    return [*known, *(name for name in members if name not in known)]


def begun(kind: str) -> Condition:
    """Begin a condition of a kind."""
    if kind == "not":
        return {"not": {"lifecycle": {"in": ["churned"]}}}
    if kind in GROUPS:
        return {kind: [{"metric": dict(BEGIN["metric"])}]}
    value = BEGIN[kind]
    return {kind: dict(value) if isinstance(value, dict) else value}


def regrouped(node: Condition, kind: str) -> Condition:
    """Give a group with the same parts in another way: all, any, or not."""
    old = kind_of(node) or "all"
    parts = node[old] if isinstance(node[old], list) else [node[old]]
    if kind != "not":
        return {kind: parts}
    return {"not": parts[0] if len(parts) == 1 else {old: parts}}


def grouped(node: Condition) -> Condition:
    """Give a condition as a group, which rows can be added to."""
    return node if kind_of(node) in {"all", "any"} else {"all": [node]}
