"""Encode the tier answer once, when it is decided; a read appends only the time.

`as_of` and `stale` are the last members, so a stored answer is the text up to them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.scoring.domain.tiers.overlay import Control, Shown
from services.scoring.domain.tiers.programme import ValueProgramme
from services.scoring.domain.tiers.words import (
    GROUP_WORDS,
    NEED_TWO_PURCHASES,
    NO_MODEL_YET,
    NO_PURCHASE_YET,
    ONE_PURCHASE,
    UNKNOWN_CUSTOMER,
    control_reason,
    earned_reason,
    rank_reason,
)
from services.scoring.domain.why.figures import Words

PROSPECT = "prospect"
_MOST_TEMPLATES: Final = 4096
# json.dumps makes an encoder a call when it is asked for anything but its defaults.
_JSON = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything in an answer that many customers share: the key of an encoded template.

    `drivers` are the strongest feature groups, each with whether it pushes up. `grounds`: the
    conditions of a class that hold.
    """

    rank: int
    lifecycle: str
    is_kept: bool
    is_provisional: bool
    drivers: tuple[tuple[str, bool], ...]
    over: Over | None = None
    grounds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Over:
    """The pin or grant that shows another rank, until when, and the rank earned beneath it."""

    control: Control
    earned: int
    until: datetime | None = None

    @property
    def is_pin(self) -> bool:
        """Tell whether people set the tier by hand."""
        return self.control.kind == "pin"


def over_of(shown: Shown | None, earned: int) -> Over | None:
    """Name what shows another rank than the earned one; None where nothing does."""
    return Over(shown.control, earned, shown.until) if shown and shown.control else None


@dataclass(frozen=True, slots=True)
class Named:
    """What an answer says it rests on; `release_id=None` before the first release."""

    release_id: int | None
    model_version: str | None


class AnswerPrinter:
    """Prints stored answers of one release; templates are made once per wording."""

    __slots__ = ("_programme", "_release", "_templates")

    def __init__(self, programme: ValueProgramme, release: Named) -> None:
        """Take the programme and the release every answer names."""
        self._programme = programme
        self._release = release
        # Not a cache of functools: a printer travels to the processes that decide a whole base.
        self._templates: dict[Wording, tuple[bytes, bytes]] = {}

    def decided(self, customer_id: str | None, since: datetime, wording: Wording) -> bytes:
        """Print the answer for a customer with purchases."""
        return self.named(customer_id, self.decided_of_anybody(since, wording))

    def decided_of_anybody(self, since: datetime, wording: Wording) -> bytes:
        """Print what follows the name: in a whole base few answers differ but in that."""
        front, back = self._template(wording)
        return b'%b"%b"%b' % (front, _instant(since), back)

    @staticmethod
    def named(customer_id: str | None, of_anybody: bytes) -> bytes:
        """Put a customer's name before an answer that could be anybody's."""
        return b'{"customer_id":%b,%b' % (_text(customer_id), of_anybody)

    def prospect(
        self, customer_id: str | None, since: datetime, rank: int = 0, over: Over | None = None
    ) -> bytes:
        """Print the answer for a customer we know, without purchases."""
        body = self._members(
            rank,
            since=_instant(since).decode(),
            lifecycle=PROSPECT,
            reasons=[*self._overlaid(over), NO_PURCHASE_YET],
            status="pinned" if over is not None and over.is_pin else "held",
        )
        ends = {"valid_until": _until(over)}
        return _open_object({"customer_id": customer_id, "known": True, **body, **ends})

    def undecided(self, customer_id: str | None) -> bytes:
        """Print the answer for a customer while there is no model."""
        body = self._members(0, since=None, lifecycle=None, reasons=[NO_MODEL_YET])
        return _open_object({"customer_id": customer_id, "known": True, **body})

    def unknown(self, customer_id: str | None) -> bytes:
        """Print the answer for a customer we have never heard of."""
        reasons = [UNKNOWN_CUSTOMER]
        body = self._members(0, since=None, lifecycle=PROSPECT, reasons=reasons)
        return _open_object({"customer_id": customer_id, "known": False, **body})

    def _template(self, wording: Wording) -> tuple[bytes, bytes]:
        found = self._templates.get(wording)
        if found is None:
            if len(self._templates) >= _MOST_TEMPLATES:
                self._templates.clear()
            found = self._templates[wording] = self._make_template(wording)
        return found

    def _make_template(self, wording: Wording) -> tuple[bytes, bytes]:
        mark = "\x00"
        body = self._members(
            wording.rank,
            since=mark,
            lifecycle=wording.lifecycle,
            reasons=self._reasons(wording),
            status=_status_of(wording),
        )
        ends = {"valid_until": _until(wording.over)}
        front, back = _open_object({"known": True, **body, **ends}).split(b'"\\u0000"')
        return front[1:], back

    def _reasons(self, wording: Wording) -> list[tuple[str, Words]]:
        reasons = self._overlaid(wording.over) or self._rule_reasons(wording)
        drivers = wording.drivers
        if wording.is_provisional:
            reasons.append(ONE_PURCHASE)
            # one purchase has neither a frequency nor a rhythm that words could tell truly
            drivers = tuple(d for d in drivers if d[0] not in NEED_TWO_PURCHASES)
        return reasons + [(group, GROUP_WORDS[group][not is_up]) for group, is_up in drivers]

    def _rule_reasons(self, wording: Wording) -> list[tuple[str, Words]]:
        """Say which rule of the programme put the customer where they are."""
        tiers = self._programme.tiers
        above = tiers[wording.rank + 1] if wording.rank + 1 < len(tiers) else None
        return [rank_reason(tiers[wording.rank], above, is_kept=wording.is_kept)]

    def _overlaid(self, over: Over | None) -> list[tuple[str, Words]]:
        if over is None:
            return []
        tiers = self._programme.tiers
        earned = earned_reason(tiers[over.earned].name)
        return [control_reason(over.control, tiers[over.control.rank].name), earned]

    def _members(
        self,
        rank: int,
        *,
        since: str | None,
        lifecycle: str | None,
        reasons: Sequence[tuple[str, Words]],
        status: str = "held",
    ) -> dict[str, Any]:
        tier, release_id = self._programme.tiers[rank], self._release.release_id
        return {
            "programme": self._programme.key,
            "programme_version": self._programme.version,
            "tier": {"key": tier.key, "rank": tier.rank, "name": dict(tier.name)},
            "since": since,
            "valid_until": None,
            "status": status,
            "lifecycle": lifecycle,
            "progress": {"next": None, "keep": None},
            "reasons": [{"code": code, "text": dict(words)} for code, words in reasons],
            "model_version": self._release.model_version,
            "release": None if release_id is None else f"r-{release_id}",
        }


def _status_of(wording: Wording) -> str:
    if wording.over is not None and wording.over.is_pin:
        return "pinned"
    return "provisional" if wording.is_provisional else "held"


def _until(over: Over | None) -> str | None:
    return None if over is None or over.until is None else _instant(over.until).decode()


def time_tail(now: datetime) -> bytes:
    """Print the end of every answer given at an instant."""
    return b',"as_of":"%b","stale":false}' % _instant(now)


def _instant(at: datetime) -> bytes:
    # isoformat writes +00:00 for the UTC instants we hold; people and tests read Z.
    return at.isoformat().encode().replace(b"+00:00", b"Z")


def _text(value: str | None) -> bytes:
    return b"null" if value is None else _JSON.encode(value).encode()


def _open_object(members: Mapping[str, Any]) -> bytes:
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    return text[:-1].encode()
