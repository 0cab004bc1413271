"""How the picture of a trail looks: in light and dark, on a phone, on paper, on a desk."""

from __future__ import annotations

STYLE = (
    ".trail{--ink:#1d2430;--soft:#56606f;--paper:#fff;--edge:#c3cad4;--objection:#b3452c;--version:#2b5fa8;"
    "--resolved:#1f7a4d;--open:#a8690a;--ended:#6b7380;font:12px system-ui,sans-serif;width:100%;height:var(--h2);overflow:visible}"
    "svg:root.trail{background:#fff}.trail text{fill:var(--ink)}.trail .name{font-size:14px;font-weight:600}.trail .about{fill:var(--soft)}"
    ".trail .heading{font-weight:600;fill:var(--tone,var(--soft))}.trail rect{fill:var(--paper);stroke:var(--tone,var(--edge));"
    "stroke-width:1.25}.trail .arrow{fill:none;stroke:var(--soft);stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}"
    ".trail .objection{--tone:var(--objection)}.trail .version{--tone:var(--version)}.trail .resolved{--tone:var(--resolved)}"
    ".trail .open{--tone:var(--open)}.trail .ended{--tone:var(--ended)}.trail .plain{--tone:var(--soft)}"
    ".trail .plain rect{stroke:var(--edge)}.trail .arrow:not(.in2){display:none}"
    ".trail .at{transform:translate(var(--x2),var(--y2))}"
    "@media (min-width:580px){.trail{height:var(--h3)}.trail .at{transform:translate(var(--x3),var(--y3))}"
    ".trail .arrow{display:none}.trail .arrow.in3{display:inline}}"
    "@media (min-width:1120px){.trail{height:var(--h6)}.trail .at{transform:translate(var(--x6),var(--y6))}"
    ".trail .arrow,.trail .arrow.in3{display:none}.trail .arrow.in6{display:inline}}"
    "@media (prefers-color-scheme:dark){.trail{--ink:#e6e9ee;--soft:#a3adba;--paper:#1a2029;--edge:#3c4654;--objection:#f0907a;"
    "--version:#8ab4f0;--resolved:#6fce9d;--open:#e8b565;--ended:#9aa4b1}svg:root.trail{background:#14181f}}"
)
"""Only classes below `trail`, and no `<` or `&`: it stands in a picture and, with it, in pages."""
