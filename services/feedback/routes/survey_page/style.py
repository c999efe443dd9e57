"""How the page of a survey looks; it loads nothing from anywhere."""

from base64 import b64encode
from hashlib import sha256
from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--ink:#1d2430;--soft:#5d6878;--line:#d5dbe3;--paper:#fff;
--ground:#f2f4f7;--edge:#848e9c;--mark:#0b6b57;--tint:#e3f3ee;--on:#fff;--wrong:#b3261e;--pale:#fdecea}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebf0;--soft:#a3adba;--line:#3b4451;
--paper:#1c2129;--ground:#12161c;--edge:#6f7a8a;--mark:#4fc3a5;--tint:#1d3a34;--on:#0d1f1a;--wrong:#ffb4ab;
--pale:#3b1f1d}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,
"Segoe UI",Roboto,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
main{max-width:44rem;margin:2.5rem auto;padding:0 1rem 3rem}
.card{background:var(--paper);border:1px solid var(--line);border-radius:16px;padding:2rem;
margin-bottom:1rem}
header.card{border-top:6px solid var(--mark)}
.top{display:flex;justify-content:flex-end;margin-bottom:.75rem}
.top a{color:var(--soft);padding:.25rem .5rem;border-radius:8px}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 .5rem}
p{margin:.5rem 0;white-space:pre-line;overflow-wrap:anywhere}
.soft{color:var(--soft);font-size:.925rem}
progress{appearance:none;width:100%;height:8px;border:0;border-radius:4px;background:var(--line);
overflow:hidden;margin-top:1rem;display:block}
progress::-webkit-progress-bar{background:var(--line)}
progress::-webkit-progress-value{background:var(--mark);border-radius:4px}
progress::-moz-progress-bar{background:var(--mark);border-radius:4px}
fieldset{border:0;margin:0;padding:0;min-width:0}
legend,.asked{font-weight:600;font-size:1.1rem;padding:0;margin:0 0 .25rem;display:block;
overflow-wrap:anywhere}
.need{color:var(--wrong);font-weight:600;font-size:.8rem;margin-inline-start:.4rem}
.points{display:grid;grid-template-columns:repeat(auto-fit,minmax(2.75rem,1fr));gap:.4rem;
margin-top:.9rem}
.choices{display:grid;gap:.5rem;margin-top:.9rem}
.pick{position:relative;display:block}
.pick input{position:absolute;opacity:0;inset:0;width:100%;height:100%;margin:0;cursor:pointer}
.pick span{display:flex;align-items:center;min-height:2.75rem;border:1px solid var(--edge);
border-radius:10px;padding:.5rem .9rem;background:var(--paper);overflow-wrap:anywhere}
.points .pick span{justify-content:center;padding:.25rem;font-variant-numeric:tabular-nums;
font-weight:600}
.choices .pick span::before{content:"";flex:none;width:1.1rem;height:1.1rem;border:2px solid
var(--soft);border-radius:50%;margin-inline-end:.75rem}
.choices .many span::before{border-radius:5px}
.pick input:hover+span{border-color:var(--mark)}
.pick input:checked+span{border-color:var(--mark);background:var(--tint);box-shadow:inset 0 0 0 1px
var(--mark)}
.points .pick input:checked+span{background:var(--mark);color:var(--on)}
.choices .pick input:checked+span::before{border-color:var(--mark);background:var(--mark);
box-shadow:inset 0 0 0 3px var(--tint)}
.pick input:focus-visible+span{outline:3px solid var(--mark);outline-offset:2px}
.ends{display:flex;justify-content:space-between;gap:1rem;color:var(--soft);font-size:.85rem;
margin-top:.4rem}
.ends span:last-child{text-align:end}
.none{display:inline-block;margin-top:.5rem}
.none span{min-height:0;padding:.2rem .7rem;border-radius:99px;font-size:.85rem;color:var(--soft)}
.pick.none input:checked+span{background:var(--ground);border-color:var(--line);box-shadow:none}
textarea,input[type=date]{width:100%;margin-top:.9rem;padding:.7rem .9rem;font:inherit;
color:inherit;background:var(--paper);border:1px solid var(--soft);border-radius:10px}
textarea{min-height:7rem;resize:vertical}
input[type=date]{max-width:14rem}
textarea:focus-visible,input[type=date]:focus-visible,a:focus-visible,button:focus-visible{
outline:3px solid var(--mark);outline-offset:2px}
.bad{border-color:var(--wrong)}
.fault{color:var(--wrong);font-weight:600;font-size:.925rem;margin:.4rem 0 0}
.notice{background:var(--pale);border-color:var(--wrong);color:var(--wrong);padding:1rem 2rem}
.notice a{color:inherit}
.notice ul{margin:.25rem 0 0;padding-inline-start:1.2rem}
.moves{display:flex;flex-direction:row-reverse;justify-content:space-between;gap:1rem}
button{font:inherit;font-weight:600;min-height:3rem;padding:.6rem 1.6rem;border-radius:12px;
border:1px solid var(--mark);background:var(--mark);color:var(--on);cursor:pointer}
button.quiet{background:transparent;color:var(--mark)}
@media (max-width:30rem){main{margin:1rem auto;padding:0 .75rem 2rem}.card{padding:1.25rem;
border-radius:14px}.notice{padding:.9rem 1.25rem}h1{font-size:1.4rem}
.wide{grid-template-columns:repeat(6,1fr)}.moves{flex-direction:column}button{width:100%}}
"""
_HASH: Final = b64encode(sha256(STYLE.encode()).digest()).decode()
#: No script, no frame, nothing from elsewhere, and forms that post here alone.
HEADERS: Final = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
