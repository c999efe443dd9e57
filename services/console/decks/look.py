"""The house style of decks: colours and fonts, the same in every kind of file."""

from typing import Final

INK: Final = "1F2A33"
SOFT: Final = "5B6770"
PAPER: Final = "FFFFFF"
SHADE: Final = "EEF2F4"
LINE: Final = "C9D2D8"
#: In the order of series; every one stands out from the paper by 3 to 1 or more.
COLOURS: Final = ("0B6E75", "D9822B", "5C6BC0", "8D3B72", "5A7D2A", "7A6652")
LATIN: Final = "Calibri"
CHINESE: Final = "Microsoft YaHei"
