"""Operations: health, queues, jobs, keys, the audit log, outgoing webhooks."""

from typing import Final

#: The pages of the room, and the words for them.
WAYS: Final = (
    ("/ops", "ops.health"),
    ("/ops/jobs", "ops.jobs"),
    ("/ops/webhooks", "ops.webhooks"),
    ("/ops/keys", "ops.keys"),
    ("/ops/audit", "ops.audit"),
)
