"""What a draft would do to somebody when it is published: at once, and with what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.scoring.domain.status.deciding import Instant, history_of
from services.scoring.domain.status.decision import StatusCustomer
from services.scoring.domain.status.engine.calendars import microseconds
from services.scoring.domain.status.engine.history import History
from services.scoring.domain.status.engine.overlay import Overlay, shown
from services.scoring.domain.status.engine.progress import awaited_next, begins_of
from services.scoring.domain.status.engine.replay import Replay
from services.scoring.domain.status.engine.rules import Rules, same_tier
from services.scoring.domain.status.engine.timeline import replay_of
from services.scoring.domain.status.engine.versions import schedule_of
from services.scoring.domain.status.programme import Versioned, terms_of
from services.scoring.domain.status.release import StatusRelease, status_release

#: Rises or falls at once; has what a tier asks, which begins with an order or when a period ends.
Start = Literal["rising", "falling", "next_order", "period_end"]


@dataclass(frozen=True, slots=True)
class Publication:
    """A draft after the versions that decided before it, in force since an instant.

    `moves_nobody`: by its rules alone no tier held is another at that instant.
    """

    release: StatusRelease
    former: StatusRelease
    at: datetime
    moves_nobody: bool


def publication_of(
    former: StatusRelease, versions: Sequence[Versioned], draft: Versioned, at: datetime
) -> Publication:
    """Put a draft after the versions of the release in force, as publishing does."""
    number, _, document = draft
    schedule = [*versions, (number, at, document)]
    release = status_release(0, former.programme.key, schedule, former.reference_date)
    is_counted_alike = all(terms_of(each) == terms_of(document) for _, _, each in versions)
    new = release.programme.rules
    waits_alike = all(each.rules.pending_days == new.pending_days for each in release.schedule)
    moves_nobody = is_counted_alike and waits_alike and _takes_over(former.programme.rules, new)
    return Publication(release, former, at, moves_nobody)


def start_of(
    publication: Publication,
    customer: StatusCustomer,
    held: int,
    by_draft: Replay,
    instant: Instant,
) -> Start | None:
    """Tell what a publication does to somebody who holds a rank; `by_draft`: replayed by it alone.

    Nearly everybody stays where they are when a version takes over: then only what they have in
    the window is looked at, which the replay by the draft alone holds already.
    """
    at = microseconds(publication.at)
    if not publication.moves_nobody or customer.pins or customer.grants:
        return _decided(publication, history_of(customer, publication.release, instant), held, at)
    desk = by_draft.machine.desk
    rules = publication.former.programme.rules, publication.release.programme.rules
    if desk.ladder.entered(desk.window_sums(at)) <= same_tier(*rules, held):
        return None
    return begins_of(desk.rules)


def _decided(publication: Publication, history: History, held: int, at: int) -> Start | None:
    """Decide somebody by the versions before and then the draft."""
    schedule = schedule_of(publication.release.schedule)
    if at < microseconds(history.enrolled_at):
        return None
    replay, overlay = replay_of(schedule, history), Overlay(schedule, history)
    replay.advance(at)
    told = shown(overlay, replay.steps, schedule, at)[-1]
    rules = publication.former.programme.rules, publication.release.programme.rules
    same = same_tier(*rules, held)
    if told.rank != same:
        return "rising" if told.rank > same else "falling"
    here = overlay.lay(replay.steps[-1], at)
    if here.is_pinned:
        return None
    met = awaited_next(replay.machine, here.rank, overlay.kinds_at(at), at)
    return None if met is None else met.begins


def _takes_over(old: Rules, new: Rules) -> bool:
    """Tell whether a version takes over every tier held, whatever somebody bought."""
    is_by_sums = all(tier.enter.grant is None for rules in (old, new) for tier in rules.tiers)
    return (
        is_by_sums
        and [tier.key for tier in old.tiers] == [tier.key for tier in new.tiers]
        and (old.qualification, old.time_zone) == (new.qualification, new.time_zone)
        and "floating" not in {old.validity.kind, new.validity.kind}
    )
