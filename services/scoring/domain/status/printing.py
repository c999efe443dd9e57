"""Encode the answer of a status programme once, when it is decided; a read appends the time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from services.scoring.domain.status.engine.rules import Rule, Threshold, Tier
from services.scoring.domain.status.engine.stand import Missing, Stand
from services.scoring.domain.status.programme import StatusProgramme, threshold_of
from services.scoring.domain.status.words import (
    NOT_IN_FORCE,
    UNKNOWN_CUSTOMER,
    Way,
    asks_grant_words,
    awaited_words,
    cause_words,
    grant_words,
    has_words,
    metric_words,
    rule_words,
    way_words,
    window_words,
)
from services.scoring.domain.why.figures import Words

TO_NEXT: Final = "to_next"
TO_KEEP: Final = "to_keep"
_NOBODY: Final = "prospect"
# json.dumps makes an encoder a call when it is asked for anything but its defaults.
_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
Reason = tuple[str, Words]


class StatusPrinter:
    """Prints stored answers of one release; the words of tiers and rules are made once."""

    __slots__ = ("_named", "_programme", "_release", "_rules", "_window")

    def __init__(self, programme: StatusProgramme, release_id: int | None) -> None:
        """Take the programme and the release every answer names; None before the first."""
        self._programme = programme
        self._release = None if release_id is None else f"r-{release_id}"
        self._window = window_words(programme.window)
        tiers = programme.rules.tiers
        self._named = [
            {"key": tier.key, "rank": rank, "name": dict(tier.name)}
            for rank, tier in enumerate(tiers)
        ]
        self._rules = [(self._rule(tier.enter), self._rule(tier.keep)) for tier in tiers]

    def decided(self, customer_id: str | None, stand: Stand, lifecycle: str) -> bytes:
        """Print the answer for a customer who stands somewhere."""
        ways = [(TO_NEXT, stand.next), (TO_KEEP, stand.keep)]
        reasons = [(str(stand.reason), self._cause(stand))]
        reasons += [reason for code, way in ways for reason in self._way_reasons(code, way)]
        members = self._members(stand.rank, reasons) | {
            "since": _instant(stand.since),
            "valid_until": _instant(stand.until),
            "status": str(stand.status),
            "lifecycle": lifecycle,
            "progress": {"next": self._target(stand.next), "keep": self._target(stand.keep)},
        }
        return _open_object({"customer_id": customer_id, "known": True, **members})

    def undecided(self, customer_id: str | None) -> bytes:
        """Print the answer for a customer before the programme is in force."""
        body = self._members(0, [NOT_IN_FORCE])
        return _open_object({"customer_id": customer_id, "known": True, **body})

    def unknown(self, customer_id: str | None) -> bytes:
        """Print the answer for a customer we have never heard of."""
        body = self._members(0, [UNKNOWN_CUSTOMER]) | {"lifecycle": _NOBODY}
        return _open_object({"customer_id": customer_id, "known": False, **body})

    def _members(self, rank: int, reasons: Sequence[Reason]) -> dict[str, Any]:
        return {
            "programme": self._programme.key,
            "programme_version": self._programme.rules.version,
            "tier": self._named[rank],
            "since": None,
            "valid_until": None,
            "status": "held",
            "lifecycle": None,
            "progress": {"next": None, "keep": None},
            "reasons": [{"code": code, "text": dict(words)} for code, words in reasons],
            "model_version": None,
            "release": self._release,
        }

    def _cause(self, stand: Stand) -> Words:
        enter, keep = self._rules[stand.rank]
        tier = self._programme.rules.tiers[stand.rank].name
        parts = {"tier": tier, "rule": enter, "keep": keep, "window": self._window}
        return cause_words(str(stand.reason), **parts, has=has_words(self._has(stand)))

    def _has(self, stand: Stand) -> str | None:
        """Write what somebody has of the one metric their tier asks; None where it is not told."""
        held, ahead = self._programme.rules.tiers[stand.rank].enter, stand.next
        if ahead is None or len(asked := (*held.all, *held.any)) != 1:
            return None
        metric, short = asked[0][0], dict(ahead.needs)
        if metric not in short:
            return None
        need = threshold_of(self._tier(ahead.tier_key).enter, metric)
        return self._programme.amount(metric, need - short[metric])

    def _target(self, missing: Missing | None) -> Mapping[str, Any] | None:
        if missing is None:
            return None
        listed = missing.needs
        if missing.begins is not None:  # all of it is there
            asked = self._tier(missing.tier_key).enter
            listed = tuple((metric, 0) for metric, _ in (*asked.all, *asked.any))
        needs = [
            {"metric": metric, "missing": self._programme.amount(metric, amount)}
            for metric, amount in listed
        ]
        return {"tier": missing.tier_key, "needs": needs, "by": _instant(missing.by)}

    def _way_reasons(self, code: str, missing: Missing | None) -> Iterable[Reason]:
        if missing is None:
            return
        tier = self._tier(missing.tier_key)
        asked = tier.enter if code == TO_NEXT else tier.keep
        by_day = None
        if missing.by is not None:
            by_day = missing.by.astimezone(self._programme.zone).date().isoformat()
        if missing.begins is not None:
            yield code, awaited_words(tier.name, missing.begins)
        if missing.grant is not None:
            yield code, asks_grant_words(tier.name, missing.grant)
        for metric, amount in missing.needs:
            need = threshold_of(asked, metric)
            have, whole = (self._programme.amount(metric, n) for n in (need - amount, need))
            named = self._metric(metric)
            yield code, way_words(Way(tier.name, have, whole, named, by_day), self._window)

    def _tier(self, key: str) -> Tier:
        return self._programme.rules.tiers[self._programme.rules.rank_of(key) or 0]

    def _metric(self, metric: str) -> Words:
        return metric_words(metric, self._programme.metric_names, self._programme.rules.currency)

    def _rule(self, rule: Rule) -> Words:
        grant = [] if rule.grant is None else [grant_words(rule.grant)]
        every, one_of = (map(self._threshold, part) for part in (rule.all, rule.any))
        return rule_words([*grant, *every], list(one_of))

    def _threshold(self, threshold: Threshold) -> Words:
        metric, least = threshold
        named, text = self._metric(metric), self._programme.amount(metric, least)
        return {"en": f"{text} {named['en']}", "zh": f"{named['zh']} {text}"}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def _open_object(members: Mapping[str, Any]) -> bytes:
    return _JSON.encode(members)[:-1].encode()
