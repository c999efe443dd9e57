"""How much room words take: estimated, for nothing here can draw what PowerPoint will."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final
from unicodedata import east_asian_width

_NARROW: Final = frozenset("iljtfr.,:;'|!()[] ·-")
_BROAD: Final = frozenset("mwMW%@—")
_WIDE: Final = frozenset("WF")
#: A line is so many times as high as its letters; Chinese fonts stand further apart.
_LEADING, _LEADING_CHINESE = 1.22, 1.35
_MORE: Final = "…"


@dataclass(frozen=True, slots=True)
class Room:
    """A place for words, in points, without its margins."""

    width: float
    height: float


def width_of(text: str, size: float) -> float:
    """Estimate how wide a text is on one line, in points."""
    return size * sum(map(_em, text))


def _em(letter: str) -> float:
    if east_asian_width(letter) in _WIDE:
        return 1.0
    if letter in _BROAD:
        return 0.88
    if letter in _NARROW:
        return 0.32
    return 0.62 if letter.isupper() else 0.53


def lines_of(text: str, size: float, width: float) -> int:
    """Estimate over how many lines a text runs; Chinese breaks anywhere, other words as a whole."""
    count, used = 1, 0.0
    for word in _words(text):
        length = width_of(word, size)
        if used + length <= width:
            used += length
        elif length <= width:
            count, used = count + 1, length
        else:
            whole, used = divmod(used + length, width)
            count += int(whole)
    return count


def _words(text: str) -> Iterator[str]:
    """Cut a text where a line may break."""
    cuts = (
        number
        for number, (one, other) in enumerate(pairwise(text), start=1)
        if one == " " or {east_asian_width(one), east_asian_width(other)} & _WIDE
    )
    for start, end in pairwise([0, *cuts, len(text)]):
        yield text[start:end]


def height_of(texts: Sequence[str], size: float, width: float, *, apart: float = 0.0) -> float:
    """Estimate how high paragraphs are together, `apart` points after each."""
    return sum(lines_of(text, size, width) * line_of(text, size) + apart for text in texts)


def line_of(text: str, size: float) -> float:
    """Tell how high a line of a text is."""
    is_chinese = any(east_asian_width(letter) in _WIDE for letter in text)
    return size * (_LEADING_CHINESE if is_chinese else _LEADING)


def size_for(texts: Sequence[str], room: Room, sizes: Sequence[int], *, apart: float = 0.0) -> int:
    """Choose the largest size at which paragraphs fit, else the smallest there is."""
    fitting = (s for s in sizes if height_of(texts, s, room.width, apart=apart) <= room.height)
    return next(fitting, sizes[-1])


def cut(text: str, size: float, room: Room) -> str:
    """Shorten a text that does not fit."""
    if height_of([text], size, room.width) <= room.height:
        return text
    lines = max(1, int(room.height // line_of(text, size)))
    # A line ends before its edge where a word does not fit any more.
    places = accumulate(map(_em, text))
    kept = sum(1 for place in places if place * size <= room.width * (lines - 0.35))
    return text[:kept].rstrip() + _MORE
