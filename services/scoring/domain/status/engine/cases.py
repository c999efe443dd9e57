"""Cases of a status programme as JSON: a programme, a history and until when to replay it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NoReturn, TypeVar

from services.scoring.domain.programmes.checking import known_zones
from services.scoring.domain.programmes.status_shape import STATUS
from services.scoring.domain.status.engine.history import Entry, Grant, History, Pin
from services.scoring.domain.status.engine.rules import Rules, read_rules
from services.scoring.domain.status.engine.timeline import InForce, Item, timeline

_T = TypeVar("_T")
_MODES: Final = ("exact", "ceiling", "floor")
_KINDS: Final = ("paid", "invited", "imported")
_NAME: Final = {"en": "case", "zh": "case"}


class CaseFault(ValueError):
    """A case cannot be replayed: where it is wrong, and what to write."""

    def __init__(self, pointer: str, words: str) -> None:
        super().__init__(f"{pointer or '/'}: {words}")


@dataclass(frozen=True, slots=True)
class Case:
    """What is replayed: versions of a programme, a history, and until when."""

    versions: Sequence[InForce]
    history: History
    until: datetime


def read_case(found: object, pointer: str) -> Case:
    """Read one case; raises CaseFault with a path below `pointer`."""
    case = _object(found, pointer)
    return Case(
        versions=_versions(case, pointer),
        history=History(
            enrolled_at=_instant(case, "enrolled_at", pointer),
            entries=_listed(case, "entries", pointer, _entry),
            pins=_listed(case, "pins", pointer, _pin),
            grants=_listed(case, "grants", pointer, _grant),
        ),
        until=_instant(case, "until", pointer),
    )


def replayed(case: Case) -> list[dict[str, str | None]]:
    """Replay a case to its timeline, `[{"at", "tier", "until"}]`."""
    items = timeline(case.versions, case.history, case.until)
    return [_told(item, case.versions) for item in items]


def _told(item: Item, versions: Sequence[InForce]) -> dict[str, str | None]:
    in_force = [v.rules for v in versions if v.since is None or v.since <= item.at]
    rules = in_force[-1] if in_force else versions[0].rules
    until = None if item.until is None else _text(item.until)
    return {"at": _text(item.at), "tier": rules.tiers[item.rank].key, "until": until}


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _versions(case: dict[str, Any], pointer: str) -> Sequence[InForce]:
    if "versions" not in case:
        return [InForce(_rules(case.get("programme"), f"{pointer}/programme", 1))]
    listed = _listed(case, "versions", pointer, _version)
    instants = [version.since for version in listed[1:]]
    known = [since for since in instants if since is not None]
    if not listed or len(known) < len(instants) or known != sorted(set(known)):
        _wrong(f"{pointer}/versions", "List versions by rising `since`; only the first has none.")
    return listed


def _version(found: dict[str, Any], pointer: str) -> InForce:
    since = _optional_instant(found, "since", pointer)
    return InForce(_rules(found.get("programme"), f"{pointer}/programme", 1), since)


def _rules(found: object, pointer: str, version: int) -> Rules:
    programme = _object(found, pointer)
    document = {"kind": "status", "audience": "internal", "name": _NAME} | programme
    if isinstance(document.get("tiers"), list):
        document["tiers"] = [
            {"name": _NAME} | tier if isinstance(tier, dict) else tier for tier in document["tiers"]
        ]
    for fault in STATUS.faults(document, pointer):
        _wrong(fault.pointer, fault.message)
    if document["time_zone"] not in known_zones():
        _wrong(f"{pointer}/time_zone", "Write an IANA time zone, such as Asia/Shanghai.")
    try:
        return read_rules("case", version, document)
    except ValueError as error:
        raise CaseFault(f"{pointer}/tiers", str(error)) from None


def _entry(found: dict[str, Any], pointer: str) -> Entry:
    metrics = _object(found.get("metrics"), f"{pointer}/metrics")
    for name, value in metrics.items():
        if type(value) is not int or abs(value) >= 2**63:
            _wrong(f"{pointer}/metrics/{name}", "Write a whole number of at most 64 bits.")
    reverses = found.get("reverses")
    if reverses is not None and not isinstance(reverses, str):
        _wrong(f"{pointer}/reverses", "Name the entry that is taken back, or write null.")
    return Entry(
        _word(found, "id", pointer),
        _instant(found, "at", pointer),
        _optional_instant(found, "known_at", pointer),
        metrics,
        reverses,
    )


def _pin(found: dict[str, Any], pointer: str) -> Pin:
    mode = _choice(found, _MODES, pointer)
    start, end = _instant(found, "start", pointer), _optional_instant(found, "end", pointer)
    return Pin(pointer, mode, _word(found, "tier", pointer), start, end)  # type: ignore[arg-type] # one of _MODES


def _grant(found: dict[str, Any], pointer: str) -> Grant:
    kind = _choice(found, _KINDS, pointer)
    start, end = _instant(found, "start", pointer), _optional_instant(found, "end", pointer)
    return Grant(pointer, kind, _word(found, "tier", pointer), start, end)  # type: ignore[arg-type] # one of _KINDS


def _listed(
    case: dict[str, Any], name: str, pointer: str, read: Callable[[dict[str, Any], str], _T]
) -> list[_T]:
    found = case.get(name) or []
    if not isinstance(found, list):
        _wrong(f"{pointer}/{name}", "Write a list.")
    places = [(each, f"{pointer}/{name}/{n}") for n, each in enumerate(found)]
    return [read(_object(each, place), place) for each, place in places]


def _object(found: object, pointer: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        _wrong(pointer, "Write an object.")
    return found


def _word(found: dict[str, Any], name: str, pointer: str) -> str:
    word = found.get(name)
    if not isinstance(word, str) or not word:
        _wrong(f"{pointer}/{name}", "Write a text.")
    return word


def _choice(found: dict[str, Any], choices: Sequence[str], pointer: str) -> str:
    if found.get("kind") not in choices:
        _wrong(f"{pointer}/kind", f"Write one of {', '.join(choices)}.")
    return str(found["kind"])


def _optional_instant(found: dict[str, Any], name: str, pointer: str) -> datetime | None:
    return None if found.get(name) is None else _instant(found, name, pointer)


def _instant(found: dict[str, Any], name: str, pointer: str) -> datetime:
    try:
        instant = datetime.fromisoformat(found[name])
    except (KeyError, TypeError, ValueError):
        instant = datetime.min  # noqa: DTZ901 - told below to lack its offset
    if instant.tzinfo is None or not 1900 <= instant.year < 9000:
        words = "Write an instant with its offset, such as 2026-01-31T00:00:00Z."
        raise CaseFault(f"{pointer}/{name}", words)
    return instant.astimezone(UTC)


def _wrong(pointer: str, words: str) -> NoReturn:
    raise CaseFault(pointer, words)
