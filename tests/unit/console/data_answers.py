"""What ingest would answer to the pages of the data room."""

from typing import Any

AT = "2026-11-22T03:00:00Z"
RECORD = "01a2060e-b2d7-721a-8348-688a0a0a61d2"
CONFLICT = "01a2060e-b2d7-721a-8348-688a0a0a61d3"
IMPORT = "01a2060e-b2d7-721a-8348-688a0a0a61d4"
PROFILE = "01a2060e-b2d7-721a-8348-688a0a0a61d5"
RECEIPT: dict[str, Any] = {
    "store_id": "0747",
    "workstation_id": "1",
    "business_date": "2026-11-21",
    "sequence_number": 1,
    "type": "sale",
    "occurred_at": "2026-11-21T12:23:46+08:00",
    "channel": "store",
    "currency": "CNY",
    "customer": {"customer_id": "c-1"},
    "lines": [{"line": 1, "sku": "tea", "quantity": "1", "net": "2.00"}],
    "total": {"net": "3.00"},
}
NOTHING_SENT = dict.fromkeys(
    ("received", "accepted", "duplicates", "conflicts", "rejected", "unsigned"), 0
)
COUNTED = {"received": 40, "accepted": 30, "duplicates": 5, "conflicts": 2, "rejected": 3}


def page_of(*items: Any, cursor: str | None = None) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": cursor}


def record(**changes: Any) -> dict[str, Any]:
    return {
        "quarantine_id": RECORD,
        "source": "till",
        "route": "read_receipt",
        "reason": "total_mismatch",
        "message": "/total/net is not the sum of the lines",
        "received_at": AT,
        "times_seen": 2,
        "sha256": "00",
        **changes,
    }


def imported(**changes: Any) -> dict[str, Any]:
    return {
        "import_id": IMPORT,
        "source_id": "old_shop",
        "file_name": "九月.csv",
        "status": "done",
        "is_dry_run": False,
        "rows_done": 2,
        "rows_total": 2,
        "progress": 1.0,
        "accepted": 1,
        "duplicates": 0,
        "conflicts": 0,
        "rejected": 1,
        "has_errors": True,
        "started_at": AT,
        "requested_by": "console",
        **changes,
    }


def report(**changes: Any) -> dict[str, Any]:
    return {
        "source": "till",
        "grade": "C",
        "grades": {"validity": "C", "identity": "A", "detail": None, "time": "B"},
        "items": COUNTED,
        "rejected_by_reason": {"total_mismatch": 3},
        "observed_events": 30,
        "completeness": {"customer": 0.9, "store": 1.0, "category": None, "cost": 0.5},
        "anonymous_share": 0.1,
        "time_suspect_share": 0.0,
        "lateness_s": {"p50": 60, "p90": 7200, "p99": 90000},
        "freshness": {"last_event_at": AT, "usual_gap_s": 120, "is_silent": True},
        "returns": {"returns": 2, "orphan": 0.5, "over_return": 0.0, "unmatched_return": 0.0},
        **changes,
    }


def connector(**changes: Any) -> dict[str, Any]:
    return {
        "source_id": "till",
        "kind": "pos",
        "order_namespace": "till",
        "is_authoritative": True,
        "platforms": ["shopify"],
        "last_seen_at": AT,
        "last_hour": NOTHING_SENT | {"received": 7},
        "last_day": NOTHING_SENT | {"received": 9, "unsigned": 4},
        "last_refused": {
            "quarantine_id": RECORD,
            "reason": "bad_phone",
            "message": "x",
            "at": AT,
        },
        **changes,
    }


def conflict(**changes: Any) -> dict[str, Any]:
    return {
        "conflict_id": CONFLICT,
        "kind": "phone",
        "holder": {"customer_id": "c-1", "profile_id": PROFILE},
        "claimant": {"customer_id": None, "profile_id": PROFILE},
        "seen_at": AT,
        **changes,
    }


def waiting(*groups: tuple[str, str, int]) -> dict[str, Any]:
    items = [
        {"source": s, "reason": r, "waiting": n, "times_seen": n, "newest_at": AT}
        for s, r, n in groups
    ]
    return {"items": items, "waiting": sum(n for _, _, n in groups), "is_capped": False}


SUMMARY = {
    "grade": "C",
    "word": {"en": "Weak", "zh": "偏弱"},
    "sentence": {"en": "Held down to C by till.", "zh": "整体为 C 级，主要受来源 till 影响。"},
    "sources": 1,
    "judged_sources": 1,
    "silent_sources": [],
    "last_event_at": AT,
    "as_of": AT,
}


def answers(**changes: Any) -> dict[str, Any]:
    """Answer as an ingest with one till, one refused record, one conflict and one import."""
    return {
        "GET /v1/quality/summary": SUMMARY,
        "GET /v1/quality": page_of(report()),
        "GET /v1/quality/days": page_of({"day": "2026-11-20", **COUNTED}),
        "GET /v1/connectors": page_of(connector()),
        "GET /v1/connectors/log": page_of({"source_id": "till", "hour": AT, **NOTHING_SENT}),
        "GET /v1/stores": page_of(),
        "GET /v1/products": page_of(cursor="x"),
        "GET /v1/quarantine/summary": waiting(("till", "total_mismatch", 120)),
        "GET /v1/quarantine": page_of(record()),
        f"GET /v1/quarantine/{RECORD}": record(body=RECEIPT),
        "GET /v1/identity-conflicts": page_of(conflict()),
        "GET /v1/return-findings": page_of(),
        "GET /v1/corrections": page_of(),
        "GET /v1/imports": page_of(imported()),
        "GET /v1/imports/mappings": {"items": ["shopify"]},
        f"GET /v1/imports/{IMPORT}": imported(),
        **changes,
    }
