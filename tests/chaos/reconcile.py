"""Compare the ledger with the database: nothing acknowledged is lost, nothing counted twice."""

from collections import Counter
from dataclasses import dataclass

from tests.chaos.ledger import Ledger
from tests.servers import query


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts of receipts, and where ledger and facts differ."""

    sent: int
    acknowledged: int
    lost: list[int]
    doubled: list[int]
    differing: dict[str, tuple[int, int]]


def reconcile(ledger: Ledger, database_url: str) -> Verdict:
    """Compare events by number, and money per customer and of nobody, with the ledger."""
    sent, acknowledged = ledger.read()
    rows = query(database_url, "SELECT (body->>'sequence_number')::bigint AS number FROM events")
    stored = Counter(row["number"] for row in rows)
    expected: Counter[str] = Counter()
    for number in stored:
        body = sent[number]
        who = body["customer"]["customer_id"] if body["customer"] else "nobody"
        expected[who] += round(float(body["total"]["net"]) * 100)
    booked = Counter(
        {
            row["customer_id"]: int(row["net"])
            for row in query(
                database_url,
                """
                SELECT customer_id, sum(net_booked) AS net
                FROM customer_day JOIN customers USING (profile_id) GROUP BY 1
                """,
            )
        }
    )
    nobody = query(database_url, "SELECT coalesce(sum(net_booked), 0) AS net FROM shop_day")
    booked["nobody"] = int(nobody[0]["net"])
    return Verdict(
        sent=len(sent),
        acknowledged=len(acknowledged),
        lost=sorted(acknowledged - stored.keys()),
        doubled=sorted(number for number, times in stored.items() if times > 1),
        differing={
            who: (expected[who], booked[who])
            for who in expected.keys() | booked.keys()
            if expected[who] != booked[who]
        },
    )
