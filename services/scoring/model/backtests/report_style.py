"""How the report looks: light, readable on a phone, good in print."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{font:15px/1.55 system-ui,"Segoe UI","Noto Sans","Noto Sans CJK SC","PingFang SC",
"Microsoft YaHei",sans-serif;max-width:66em;margin:0 auto;padding:1.5em 1.2em 4em;
color:#1f2733;background:#fff}
header{border-bottom:3px solid #0b5cad;padding-bottom:1em}
.kind{color:#0b5cad;font-weight:600;margin:0 0 .4em}
h1{font-size:1.55em;line-height:1.3;margin:.1em 0}
.headline{font-size:1.2em;margin:.4em 0 1em;color:#374151}
.people{color:#4b5563;margin:.8em 0 0}
h2{font-size:1.2em;margin:0 0 .3em}
h2 span,.kind span{font-weight:500}
[lang=zh]{color:#56606e}
section{margin-top:2.2em;break-inside:avoid-page}
section>p{margin:.15em 0;max-width:46em}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5em,1fr));gap:.7em}
.tiles div{background:#f3f6fa;border-radius:8px;padding:.7em .8em;font-size:.86em;line-height:1.4}
.tiles b{display:block;font-size:1.75em;color:#0b5cad;line-height:1.25}
.tiles small{font-size:.5em;font-weight:400;color:#4b5563;white-space:nowrap}
.tiles span[lang]{display:block}
svg{display:block;width:100%;max-width:44em;height:auto;margin-top:.6em}
.legend{font-size:.88em;margin:.3em 0 .8em}
.legend span{display:inline-block;margin-right:1.4em}
.legend i{display:inline-block;width:1.7em;margin-right:.4em;vertical-align:middle}
.wide{overflow-x:auto;margin:.6em 0}
table{border-collapse:collapse;font-size:.9em;font-variant-numeric:tabular-nums}
td,th{padding:.38em .6em;border-bottom:1px solid #e3e6ea;text-align:right;vertical-align:top}
td{white-space:nowrap}
th:first-child{text-align:left}
thead th{vertical-align:bottom;font-weight:600;border-bottom:2px solid #c9ced6}
thead span[lang]{display:block;font-weight:400}
tbody th{font-weight:500;min-width:9.5em}
tbody th span[lang]{display:block;font-size:.92em}
th.group{background:#f3f6fa;padding-top:.7em}th.group span[lang]{display:inline}
tr.ours{background:#eaf2fb}
tr.ours th{font-weight:700}
small{color:#5b6472;font-size:.86em}
td small,td .bad,td .bad [lang]{display:block}
.good{color:#17713a;font-weight:600}.bad{color:#b42318;font-weight:600}
.bad [lang]{color:inherit;font-weight:400}.even{color:#5b6472}
.heat{border-radius:6px;padding:.55em .9em;min-width:6em;text-align:center;font-weight:600}
.heat small{display:block;color:inherit;font-weight:400;opacity:.85}
.bar{display:grid;grid-template-columns:11em 1fr 8em;gap:.8em;align-items:center;margin:.5em 0;
max-width:44em}
.bar div{position:relative;height:1.25em;background:#eef1f5;border-radius:4px}
.bar i{display:block;height:100%;background:#0b5cad;border-radius:4px}
.bar u{position:absolute;top:-.3em;bottom:-.3em;width:0;border-left:3px solid #c2410c}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3em 1.2em;margin:.5em 0}
dt{color:#4b5563}dd{margin:0;overflow-wrap:anywhere}
li{margin:.25em 0}
@media(max-width:38em){body{padding:1em .8em 3em;font-size:14px}h1{font-size:1.25em}
.headline{font-size:1.05em}.bar{grid-template-columns:1fr 6.5em}.bar>span{grid-column:1/-1}
dl{grid-template-columns:1fr}dd{margin-bottom:.4em}}
@media print{body{max-width:none;padding:0;font-size:11px}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
section{margin-top:1.4em}svg{max-width:34em}.wide{overflow:visible}}
@page{size:A4;margin:14mm}
"""
