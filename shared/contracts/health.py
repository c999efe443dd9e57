"""What a service says about itself."""

from typing import Literal

from shared.wire import ReplyModel


class CheckReport(ReplyModel):
    """One thing that was looked at."""

    name: str
    state: Literal["ok", "degraded", "failed"]
    detail: str = ""


class Health(ReplyModel):
    """The answer of /health/ready."""

    status: Literal["ready", "degraded", "unavailable"]
    checks: list[CheckReport]
