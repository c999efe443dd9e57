from services.console.visiting.house import Entry
from tests.integration.console.conftest import Door

ENTRY = Entry("user:li", "customer.pinned", "customer:c-1", {"reason": "loyal", "role": "service"})


async def test_a_change_is_written_down_before_it_is_made_and_after(door: Door) -> None:
    audit_id = await door.keeper.open_entry(ENTRY)
    statement = "SELECT at, actor, action, subject, details FROM audit_log"
    begun = await door.pool.fetchrow(statement)
    assert tuple(begun)[:4] == (door.clock.now(), "user:li", "customer.pinned", "customer:c-1")
    assert begun["details"] == {"reason": "loyal", "role": "service", "outcome": "begun"}
    await door.keeper.close_entry(audit_id, "refused: 409 conflict")
    ended = await door.pool.fetch(statement)
    assert [row["details"] for row in ended] == [
        {"reason": "loyal", "role": "service", "outcome": "refused: 409 conflict"}
    ]
