"""Where the entries of a time line come from: one source a kind, in the tables of all owners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Source:
    """Where one kind of entry comes from: a FROM item, its columns, and what is told of a row."""

    table: str
    at: str
    id: str
    details: str
    where: str = "true"
    id_type: str = "uuid"
    #: customer_id, or a column that holds a profile
    owner: str = "customer_id"


def _told(**columns: str) -> str:
    pairs = ", ".join(f"'{name}', {column}" for name, column in columns.items())
    return f"jsonb_strip_nulls(jsonb_build_object({pairs}))"


def _same(*columns: str) -> dict[str, str]:
    return {name: f"r.{name}" for name in columns}


_CASES: Final = """
(SELECT c.customer_id, c.kind AS case_kind, e.* FROM cases c JOIN case_events e USING (case_id))
"""
# Undone, a merge is told a second time: that the two are two again.
_MERGES: Final = """
(SELECT winner_id, loser_id, coalesce(merge_id, loser_id) AS merge_id, reason, linked_at AS at,
    false AS is_undone FROM identity_links
UNION ALL
SELECT winner_id, loser_id, coalesce(merge_id, loser_id), reason, undone_at, true
FROM identity_links WHERE undone_at IS NOT NULL)
"""
# What came back: without lines all that was left of the sale.
_RETURNED: Final = """
(SELECT sum((line ->> 4)::bigint) FROM jsonb_array_elements(
    CASE jsonb_typeof(r.body -> 'lines') WHEN 'array' THEN r.body -> 'lines' END) AS line)
"""
_POINTS: Final = _told(
    programme="r.programme_key", happening="r.kind", points="r.points", expires_at="r.expires_at"
)
SOURCES: Final[Mapping[str, Source]] = {
    "benefit": Source(
        "benefit_usage",
        "used_at",
        "usage_id",
        _told(
            programme="r.programme_key",
            benefit="r.benefit_key",
            tier="r.tier_key",
            **_same("quantity", "reference", "cancelled_at"),
        ),
        owner="profile_id",
    ),
    "case": Source(
        _CASES,
        "at",
        "case_event_id",
        _told(happening="r.kind", **_same("case_id", "case_kind", "actor", "details")),
    ),
    "experiment": Source(
        "exposures",
        "exposed_at",
        "md5(r.unit || r.experiment_key)",
        _told(experiment="r.experiment_key", arm="r.arm"),
        id_type="text",
    ),
    "feedback": Source(
        "feedback",
        "occurred_at",
        "feedback_id",
        _told(
            said="r.kind",
            tier="r.tier_held #>> '{tier,key}'",
            **_same("channel", "rating", "text", "language", "order_id", "offer_key", "answer"),
        ),
    ),
    "interaction": Source(
        "interactions",
        "at",
        "interaction_id",
        _told(
            contact="r.kind",
            **_same(
                "direction",
                "channel",
                "subject",
                "note",
                "agent",
                "outcome",
                "duration_s",
                "case_id",
                "task_id",
                "cost",
                "currency",
            ),
        ),
    ),
    "merge": Source(
        _MERGES,
        "at",
        "merge_id",
        _told(
            other="(SELECT customer_id FROM customers WHERE profile_id = r.loser_id)",
            **_same("reason", "is_undone"),
        ),
        owner="winner_id",
    ),
    "offer": Source(
        "offer_responses",
        "at",
        "response_id",
        _told(
            offer="r.offer_key",
            name="(SELECT o.document -> 'name' FROM offers o WHERE o.offer_key = r.offer_key)",
            tier="r.tier_key",
            **_same("answer", "sending", "lifecycle", "feedback_id"),
        ),
    ),
    "points": Source(
        "points_entries",
        "at",
        "entry_id",
        _POINTS,
        where="r.kind <> 'earned' AND NOT r.is_withdrawn",
        owner="profile_id",
    ),
    "points_earned": Source(
        "points_entries",
        "at",
        "entry_id",
        _POINTS,
        where="r.kind = 'earned' AND NOT r.is_withdrawn",
        owner="profile_id",
    ),
    "purchase": Source(
        "orders",
        "effective_at",
        "order_key",
        _told(
            returned="nullif(r.returned_net, 0)", **_same("net", "channel", "store_id", "is_void")
        ),
        id_type="bytea",
        owner="profile_id",
    ),
    "return": Source(
        "events",
        "effective_at",
        "event_key",
        _told(
            happening="r.kind",
            net=_RETURNED,
            sale="encode(r.order_key, 'hex')",
            store_id="r.store_id",
        ),
        where="r.kind IN ('return', 'void')",
        id_type="bytea",
        owner="profile_id",
    ),
    "survey": Source(
        "survey_responses",
        "answered_at",
        "response_id",
        _told(survey="r.survey_key", **_same("answers", "texts")),
    ),
    "task": Source(
        "tasks",
        "closed_at",
        "task_id",
        _told(
            task="r.kind",
            playbook="r.playbook_key",
            **_same("title", "channel", "owner", "outcome", "note", "interaction_id"),
        ),
        where="r.state = 'done'",
    ),
    "tier": Source(
        "tier_history",
        "business_instant",
        "history_id",
        _told(
            programme="r.programme_key",
            **{"from": "r.tier_from", "to": "r.tier_to"},
            **_same("reason", "release_id"),
        ),
        where="r.tier_from IS DISTINCT FROM r.tier_to",
        owner="profile_id",
    ),
}
