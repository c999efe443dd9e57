"""The house theme of a PowerPoint deck: our colours and fonts in place of the template's."""

import re
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from services.console.decks import look

_THEME: Final = re.compile(r"ppt/theme/theme\d+\.xml")
_COLOURS: Final = re.compile(r"<a:clrScheme .*?</a:clrScheme>", re.DOTALL)
_LATIN: Final = re.compile(r"<a:(major|minor)Font>.*?</a:\1Font>", re.DOTALL)


def in_house_style(pptx: bytes) -> bytes:
    """Give the file with our theme; python-pptx has no way to change it."""
    out = BytesIO()
    with ZipFile(BytesIO(pptx)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, _themed(body) if _THEME.fullmatch(name) else body)
    return out.getvalue()


def _themed(body: bytes) -> bytes:
    text = _COLOURS.sub(lambda _: _scheme(), body.decode())
    return _LATIN.sub(lambda found: _fonts(found[1]), text).encode()


def _scheme() -> str:
    named = {"dk1": look.INK, "lt1": look.PAPER, "dk2": look.SOFT, "lt2": look.SHADE}
    named |= {f"accent{n}": colour for n, colour in enumerate(look.COLOURS, start=1)}
    named |= {"hlink": look.COLOURS[0], "folHlink": look.COLOURS[0]}
    colours = "".join(f'<a:{k}><a:srgbClr val="{v}"/></a:{k}>' for k, v in named.items())
    return f'<a:clrScheme name="Tierline">{colours}</a:clrScheme>'


def _fonts(kind: str) -> str:
    faces = (
        f'<a:latin typeface="{look.LATIN}"/><a:ea typeface="{look.CHINESE}"/><a:cs typeface=""/>'
    )
    return f"<a:{kind}Font>{faces}</a:{kind}Font>"
