"""A scoring that keeps pins in memory: it answers, refuses, or answers nobody."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from shared.contracts.pins import PinGiven, PinWish

THEN = datetime(2026, 11, 23, 2, tzinfo=UTC)


@dataclass(slots=True)
class FakePins:
    """Pins by the key they were asked for with; `error` is raised instead of an answer."""

    made: dict[str, tuple[str, PinWish]] = field(default_factory=dict)
    ended: list[UUID] = field(default_factory=list)
    error: Exception | None = None
    #: the pin is made, but nobody hears of it
    is_answer_lost: bool = False

    async def pin(self, customer_id: str, wish: PinWish, *, key: str) -> PinGiven:
        if self.error is not None and not self.is_answer_lost:
            raise self.error
        self.made.setdefault(key, (customer_id, wish))
        if self.error is not None:
            raise self.error
        return PinGiven(
            pin_id=UUID(hex=key),
            programme=wish.programme,
            tier=wish.tier,
            mode=wish.mode,
            starts_at=THEN,
            ends_at=wish.ends_at,
        )

    async def end_pin(self, customer_id: str, pin_id: UUID) -> None:
        assert customer_id
        if self.error is not None:
            raise self.error
        self.ended.append(pin_id)

    @property
    def standing(self) -> list[tuple[str, str]]:
        """List mode and tier of the pins that were not taken back."""
        left = [wish for key, (_, wish) in self.made.items() if UUID(hex=key) not in self.ended]
        return [(wish.mode, wish.tier) for wish in left]
