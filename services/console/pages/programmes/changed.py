"""What a draft changes against the version in force, in a line for each change."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from services.console.pages.programmes.bars import SHARE, bars_of
from services.console.pages.programmes.documents import Document, pointer_of
from services.console.pages.programmes.sentence import height_words, metric_words
from services.console.visiting.visit import Visit
from shared.contracts.comparison import VersionDifference

#: So many are named in a list; the rest is counted.
_NAMED = 3


def changed_words(
    visit: Visit, former: Document, differences: Sequence[VersionDifference]
) -> list[str]:
    """Say what is changed: a bar that moves by its two heights, the rest in scoring's words."""
    bars = {pointer_of(bar.path): bar for bar in bars_of(former)}
    told = []
    for each in differences:
        bar, new = bars.get(each.pointer), _decimal(each.after)
        if bar is None or new is None or _decimal(each.before) != bar.value:
            told.append(visit.local(each.text))
            continue
        metric = "" if bar.metric == SHARE else metric_words(visit, former, bar.metric)
        words = "programmes.share_moved" if bar.metric == SHARE else "programmes.bar_moved"
        told.append(
            visit.say(
                words,
                tier=visit.local(bar.tier_name),
                metric=metric,
                old=height_words(visit, former, bar.metric, bar.value),
                new=height_words(visit, former, bar.metric, new),
            )
        )
    return told


def changed_line(visit: Visit, former: Document, differences: Sequence[VersionDifference]) -> str:
    """Say in one line what is changed."""
    told = changed_words(visit, former, differences)
    if not told:
        return visit.say("programmes.no_differences_live")
    line = visit.say("programmes.changes_joint").join(told[:_NAMED])
    more = len(told) - _NAMED
    return line if more <= 0 else visit.say("programmes.and_more", line=line, n=more)


def _decimal(written: object) -> Decimal | None:
    if isinstance(written, bool) or not isinstance(written, str | int | float):
        return None
    try:
        return Decimal(str(written))
    except InvalidOperation:
        return None
