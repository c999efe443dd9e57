"""Bodies of web hooks: who listens to what, and what was delivered."""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from services.scoring.domain.announcement import Kind
from services.scoring.domain.webhooks.records import Delivery, Endpoint, Wish
from services.scoring.domain.webhooks.targets import MAX_URL
from shared.contracts.outgoing_webhooks import DeliveryAnswer, EndpointAnswer
from shared.fields import fault
from shared.wire import Identifier, Instant, WireModel

KINDS: Final = tuple(kind.value for kind in Kind)


def _kind(text: str) -> str:
    if text not in KINDS:
        raise fault("unknown_kind", f"must be one of {', '.join(KINDS)}")
    return text


KindName = Annotated[
    str, AfterValidator(_kind), Field(json_schema_extra={"enum": [*KINDS]}, max_length=64)
]
EXAMPLE_ENDPOINT: Final[dict[str, Any]] = {
    "url": "https://hooks.example.com/tierline",
    "kinds": ["tier.changed", "tier.will_change"],
    "programmes": [],
    "description": "The shop's CRM",
}
EXAMPLE_CHANGE: Final[dict[str, Any]] = EXAMPLE_ENDPOINT | {"active": True}
EXAMPLE_REPLAY: Final[dict[str, Any]] = {"since": "2026-11-21T00:00:00Z"}


class EndpointRequest(WireModel):
    """Who is to be told of what.

    Without programmes those that face customers are told; an internal one only where it is named.
    """

    url: Annotated[str, Field(min_length=1, max_length=MAX_URL)]
    kinds: Annotated[list[KindName], Field(min_length=1, max_length=len(KINDS))]
    programmes: Annotated[list[Identifier], Field(max_length=50)] = Field(default_factory=list)
    description: Annotated[str, Field(max_length=200)] = ""

    def wish(self) -> Wish:
        """Say what is asked for."""
        return Wish(self.url, self.kinds, self.programmes, self.description)


class EndpointChange(EndpointRequest):
    """What an endpoint is told from now on; `active` also brings one back that was disabled."""

    active: bool = True


class ReplayRequest(WireModel):
    """From when on everything is sent once more."""

    since: Instant


def endpoint_answer(found: Endpoint) -> EndpointAnswer:
    """Tell of an endpoint."""
    return EndpointAnswer(
        webhook_id=found.endpoint_id,
        url=found.wish.url,
        kinds=list(found.wish.kinds),
        programmes=list(found.wish.programmes),
        description=found.wish.description,
        status="active" if found.is_active else "disabled",
        disabled_reason=found.disabled_reason,
        failing_since=found.failing_since,
        former_secret_until=found.former_until,
        created_at=found.created_at,
        updated_at=found.updated_at,
    )


def delivery_answer(found: Delivery) -> DeliveryAnswer:
    """Tell of a delivery."""
    return DeliveryAnswer.model_validate(
        {
            "delivery_id": found.delivery_id,
            "message_id": found.message_id,
            "type": found.kind,
            "sequence": found.number,
            "status": found.status,
            "attempts": found.attempts,
            "next_attempt_at": found.due_at if found.status == "pending" else None,
            "created_at": found.created_at,
            "finished_at": found.finished_at,
            "tries": found.tries,
        }
    )
