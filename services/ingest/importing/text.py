"""Text of a file in blocks of whole lines: any encoding, lines of bounded length."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from services.ingest.importing.refusal import FileRefused

MAX_LINE: Final = 1024 * 1024
_BLOCK: Final = 256 * 1024
#: What a file may say it is by its first bytes; UTF-32 first, its mark begins like UTF-16's.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Encodings in which a stray byte can be passed over; elsewhere one fault hides all that follows.
_BYTEWISE: Final = frozenset({
    "utf-8", "utf-8-sig", "gb18030", "cp1252", "latin-1", "big5", "cp932",
})  # fmt: skip
ENCODINGS: Final = _BYTEWISE | {"utf-16", "utf-16-le", "utf-16-be", "utf-32"}
_NAMES: Final = {"utf8": "utf-8", "gbk": "gb18030", "gb2312": "gb18030", "windows-1252": "cp1252"}


def encoding_of(path: Path, named: str | None) -> str:
    """Return the encoding of a file: what its first bytes say, else what was named, else UTF-8.

    Without a mark or a name, a file whose beginning is no UTF-8 but is GB18030 counts as that.
    """
    with path.open("rb") as file:
        head = file.read(_BLOCK)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if named is not None:
        return known_encoding(named)
    return "gb18030" if _is_chinese(head) else "utf-8"


def known_encoding(name: str) -> str:
    """Return an encoding by any of its names; raises FileRefused."""
    plain = name.lower().replace("_", "-")
    found = _NAMES.get(plain, plain)
    if found not in ENCODINGS:
        raise FileRefused(f"encoding must be one of {', '.join(sorted(ENCODINGS))}")
    return found


def _is_chinese(head: bytes) -> bool:
    """Tell GB18030 from UTF-8 with single bad bytes: all of it must be readable as the former."""
    line_end = head.rfind(b"\n") + 1
    whole = head[:line_end] or head
    try:
        whole.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return False
    try:
        text = whole.decode("gb18030")
    except UnicodeDecodeError:
        return False
    chinese = sum("\u4e00" <= char <= "\u9fff" for char in text)
    return chinese >= 2 and chinese * 2 > sum(not char.isascii() for char in text)


def blocks(path: Path, encoding: str, tell: "Position") -> Iterator[str]:
    """Yield the text in pieces that end with a line; raises FileRefused for an endless one."""
    errors = "surrogateescape" if encoding in _BYTEWISE else "strict"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    rest = ""
    with path.open("rb") as file:
        try:
            for data in _pieces(file, tell):
                text = rest + decoder.decode(data)
                end = text.rfind("\n") + 1
                # a line that began in an earlier block is the first one here
                if len(text) - end > MAX_LINE or text.find("\n") > MAX_LINE:
                    raise FileRefused(f"{path.name} has a line of more than 1 MiB")
                rest = text[end:]
                if end:
                    yield text[:end]
            rest += decoder.decode(b"", final=True)
        except UnicodeError:
            raise FileRefused(f"{path.name} is not {encoding} throughout") from None
    if rest:
        yield rest


def _pieces(file: BinaryIO, tell: "Position") -> Iterator[bytes]:
    while data := file.read(_BLOCK):
        tell.read += len(data)
        yield data


class Position:
    """How many bytes of a file are read by now."""

    def __init__(self) -> None:
        self.read = 0
