"""What publishing then does, in words: who moves at once, and who with what comes next."""

from collections.abc import Mapping

from services.console.pages.programmes.documents import Document
from services.console.pages.programmes.outcome import Outcome, Result
from services.console.visiting.visit import Visit

#: How a programme of published rules calls itself; the others decide everybody anew.
_STATUS = "status"


def starts_words(visit: Visit, found: Outcome) -> str:
    """Say what publishing does, beside what would be had the version always been in force."""
    if found.starts is None or not (found.lifted or found.dropped):
        return ""
    told = visit.say("programmes.as_if_always", parts=starts_list(visit, found))
    return told if _is_later(found) else visit.say("programmes.all_at_once")


def starts_list(visit: Visit, found: Outcome) -> str:
    """List whom publishing moves at once, who follows with what, and who does not yet."""
    return visit.say("programmes.starts_joint").join(_parts(visit, found))


def publish_words(visit: Visit, document: Document) -> str:
    """Say by which rule a version of such a programme begins to count."""
    kind = _STATUS if document.get("kind") == _STATUS else "value"
    if kind == _STATUS and (document.get("validity") or {}).get("kind") == "floating":
        kind = "value"
    return visit.say(f"programmes.publish_text_{kind}")


def uncosted_words(visit: Visit, document: Document) -> str:
    """Name the benefits that are not in the cost, for they state none; nothing if all do."""
    names = [
        visit.local(each["name"]) for each in document.get("benefits", ()) if not each.get("cost")
    ]
    if not names:
        return ""
    return visit.say("programmes.not_counted", names=visit.say("programmes.joint").join(names))


def start_words(visit: Visit, mover: Result) -> str:
    """Say what publishing does to one of those who would rise."""
    return visit.say(f"programmes.start_of_one_{mover.get('start') or 'later'}")


def _is_later(found: Outcome) -> bool:
    starts = found.starts or {}
    return starts.get("rising", 0) < found.lifted or starts.get("falling", 0) < found.dropped


def _parts(visit: Visit, found: Outcome) -> list[str]:
    counts = _counts(found)
    told = [
        visit.say(f"programmes.starts_{what}{'_one' if n == 1 else ''}", n=visit.formats.number(n))
        for what, n in counts.items()
        if n > 0
    ]
    if not (counts["rising"] or counts["falling"]):
        told.insert(0, visit.say("programmes.starts_nobody"))
    return told


def _counts(found: Outcome) -> Mapping[str, int]:
    starts = found.starts or {}
    rising, falling = starts.get("rising", 0), starts.get("falling", 0)
    waiting = {name: starts.get(name, 0) for name in ("next_order", "period_end")}
    return {
        "rising": rising,
        "falling": falling,
        **waiting,
        "again": found.lifted - rising - sum(waiting.values()),
        "kept": found.dropped - falling,
    }
