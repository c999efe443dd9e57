"""An experiment that holds benefits out, as far as scoring has to honour it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.scoring.domain.benefits.held import Held


@dataclass(frozen=True, slots=True)
class HoldOut:
    """A running experiment about one benefit, or about all benefits of a tier.

    Who is held out goes by the published rule (shared/assignment.py) from salt and shares.
    """

    experiment_key: str
    salt: str
    shares: tuple[tuple[str, int], ...]
    kind: str
    key: str
    programme: str

    def covered(self, held: Held, benefit_keys: Iterable[str]) -> frozenset[str]:
        """Choose the benefits of a held tier that the experiment is about."""
        if held.programme != self.programme:
            return frozenset()
        if self.kind == "tier":
            return frozenset(benefit_keys) if held.tier_key == self.key else frozenset()
        return frozenset(benefit_keys) & {self.key}
