"""Compare the ledger with the database: nothing acknowledged is lost, nothing counted twice."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from tests.chaos.ledger import Body, Ledger
from tests.servers import query


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every receipt in its class; the last four must be empty."""

    acknowledged: int
    unacknowledged_stored: int
    unacknowledged_absent: int
    lost: list[int]
    doubled: list[int]
    other_body: list[int]
    other_sums: dict[str, tuple[int, int]]

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.other_body or self.other_sums)


def reconcile(ledger: Ledger, database_url: str) -> Verdict:
    """Compare events by number, and money per customer and of nobody, with the ledger."""
    sent, acknowledged = ledger.read()
    rows = query(database_url, "SELECT (body->>'sequence_number')::bigint AS number FROM events")
    stored = Counter(row["number"] for row in rows)
    expected: Counter[str] = Counter()
    for number in stored:
        body = sent[number]
        who = body["customer"]["customer_id"] if body["customer"] else "nobody"
        expected[who] += _minor(body)
    booked = _booked(database_url)
    return Verdict(
        acknowledged=len(acknowledged),
        unacknowledged_stored=len(stored.keys() - acknowledged),
        unacknowledged_absent=len(sent.keys() - acknowledged - stored.keys()),
        lost=sorted(acknowledged - stored.keys()),
        doubled=sorted(number for number, times in stored.items() if times > 1),
        other_body=_other_bodies(sent, database_url),
        other_sums={
            who: (expected[who], booked[who])
            for who in expected.keys() | booked.keys()
            if expected[who] != booked[who]
        },
    )


def _minor(body: Body) -> int:
    return int(Decimal(body["total"]["net"]) * 100)


def _booked(database_url: str) -> Counter[str]:
    rows = query(
        database_url,
        """
        SELECT customer_id, sum(net_booked) AS net
        FROM customer_day JOIN customers USING (profile_id) GROUP BY 1
        UNION ALL SELECT 'nobody', coalesce(sum(net_booked), 0) FROM shop_day
        """,
    )
    return Counter({row["customer_id"]: int(row["net"]) for row in rows})


def _other_bodies(sent: dict[int, Body], database_url: str) -> list[int]:
    """Find orders of which the amount is not that of the body sent first."""
    rows = query(
        database_url,
        """
        SELECT (e.body->>'sequence_number')::bigint AS number, o.net
        FROM orders o JOIN events e USING (profile_id, sequence)
        """,
    )
    return sorted(row["number"] for row in rows if row["net"] != _minor(sent[row["number"]]))
