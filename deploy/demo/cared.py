"""What the demo shop does about its customers: an offer, calls, an experiment, targets."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.demo.names import Body
from deploy.demo.planted import churn_wave, customer_id
from deploy.demo.spec import CURRENCY, ZONE_SECONDS, ShopSpec

OFFER = "welcome-back"
EXPERIMENT = "vip-call"
CALLED = "vip-call-back"
#: Presets that are live; those that wait for no hour or festival are run at once.
PLAYBOOKS = ("vip-call-back", "new-customer-courtesy", "win-back", "frequency-drop", "birthday")
RUN = ("vip-call-back", "new-customer-courtesy")
CALLS = 12
#: How those whom the offer was sent to answered, in turn.
ANSWERS = ("accepted", "ignored", "ignored", "declined", "accepted", "ignored")
OUTCOMES = (
    ("answered", "很满意，希望周末也能送货。"),
    ("no_answer", "无人接听，已留言。"),
    ("answered", "Asked for smaller bags of decaf."),
)


def offer_body() -> Body:
    """Write the offer as the body of `POST /v1/offers`."""
    return {
        "key": OFFER,
        "name": {"en": "A coffee on us", "zh": "请您喝一杯"},
        "description": {"en": "We have missed you.", "zh": "好久不见。"},
        "channel": "app",
        "cost": {"amount": "9.00", "currency": CURRENCY},
    }


def playbook_body(key: str, preset: dict[str, Any]) -> Body:
    """Write a preset as the body of `POST /v1/playbooks`, a draft that offers where it may."""
    offered = {"offer_key": OFFER} if "{offer}" in preset["action"]["message"]["en"] else {}
    return {**preset, "key": key, "state": "draft", "action": {**preset["action"], **offered}}


def experiment_body() -> Body:
    """Write the experiment as the body of `POST /v1/experiments`."""
    return {
        "key": EXPERIMENT,
        "name": {"en": "Does the call pay?", "zh": "回访值得吗？"},
        "about": {"kind": "playbook", "key": CALLED},
        "arms": [{"key": "control", "share": 200}, {"key": "call", "share": 800}],
        "primary": "spend",
        "also": ["orders", "retention"],
        "design": {"sequential": {"days": 60}},
        "pre_period_days": 60,
        "owner": "crm",
    }


def target_bodies(spec: ShopSpec) -> list[Body]:
    """Write the targets of the current quarter and year as bodies of `PUT /v1/kpis/targets`."""
    now = quarter(spec)
    rows = (
        ("csat", now[:4], 0.85, "Li Wei"),
        ("repeat_rate", now, 0.6, "Li Wei"),
        ("nps", now, 40.0, "Zhang Min"),
    )
    return [
        {"kpi": kpi, "period": period, "value": value, "owner": owner}
        for kpi, period, value, owner in rows
    ]


def offer_answers(spec: ShopSpec) -> Iterator[Body]:
    """Yield how those who left answered the offer, bodies of `POST /v1/offers/…/responses`."""
    for place, number in enumerate(churn_wave(spec)):
        yield {
            "customer_id": customer_id(spec, number),
            "answer": ANSWERS[place % len(ANSWERS)],
            "sending": "autumn",
            "at": _ago(spec, 20 - place % 14),
        }


def call_bodies(spec: ShopSpec) -> Iterator[Body]:
    """Yield calls that agents made, bodies of `POST /v1/interactions`."""
    for place in range(CALLS):
        outcome, note = OUTCOMES[place % len(OUTCOMES)]
        yield {
            "interaction_id": f"demo-call-{place + 1}",
            "kind": "call",
            "channel": "phone",
            "customer": {"customer_id": customer_id(spec, place + 1)},
            "subject": "Courtesy call",
            "note": note,
            "agent": "li.na" if place % 2 else "zhang.min",
            "outcome": outcome,
            "duration_s": 20 if outcome == "no_answer" else 120 + 15 * place,
            "cost": {"amount": "3.00", "currency": CURRENCY},
            "occurred_at": _ago(spec, 1 + place),
        }


def quarter(spec: ShopSpec) -> str:
    """Name the quarter in which the history ends."""
    local = datetime.fromtimestamp(spec.now_s + ZONE_SECONDS, UTC)
    return f"{local.year}-Q{(local.month + 2) // 3}"


def _ago(spec: ShopSpec, days: int) -> str:
    return (datetime.fromtimestamp(spec.now_s, UTC) - timedelta(days=days)).isoformat()
