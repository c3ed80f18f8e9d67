"""How everything looks: one palette with a light and a dark side, and the figures' defaults.

A colour is a *role* (ink, rule, accent, series-1 ...) with two values. The page uses roles as CSS
variables. Figures are drawn once, with the light values; the renderer then marks every shape with
the role of its colour, so that the same drawing follows the page into the dark and onto paper.
"""

from __future__ import annotations

from typing import Any

LIGHT = {
    "paper": "#fbfaf6",
    "panel": "#f3f0e8",
    "grid": "#ebe7dc",
    "rule": "#d9d3c5",
    "faint": "#8d867a",
    "soft": "#5e584e",
    "ink": "#1d1b18",
    "accent": "#ad3a1d",
    "wash": "#f5e1d8",
    "series-1": "#2f5f8f",
    "series-2": "#c0522f",
    "series-3": "#b0851c",
    "series-4": "#4a7f5c",
    "series-5": "#85557f",
    "series-6": "#35878f",
    "series-7": "#8b6a4c",
    "series-8": "#767067",
}
"""Colour of every role on light paper. Each value stands for one role only."""

DARK = {
    "paper": "#151412",
    "panel": "#201e1b",
    "grid": "#292622",
    "rule": "#3b3731",
    "faint": "#8a8276",
    "soft": "#b3ab9c",
    "ink": "#eee9de",
    "accent": "#f18a66",
    "wash": "#3f251b",
    "series-1": "#82b1de",
    "series-2": "#f29a75",
    "series-3": "#dfb954",
    "series-4": "#8fc49e",
    "series-5": "#cc9bc6",
    "series-6": "#78c5cd",
    "series-7": "#c6a586",
    "series-8": "#aea89d",
}
"""The same roles on a dark screen."""

SERIES = tuple(role for role in LIGHT if role.startswith("series-"))
"""Roles of categorical series, in the order in which a figure uses them."""

SERIF = (
    "Charter, 'Bitstream Charter', 'Iowan Old Style', 'Palatino Linotype', Palatino, "
    "'Sitka Text', Cambria, 'Source Serif 4', 'Noto Serif', 'Liberation Serif', Georgia, serif"
)
SANS = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'Noto Sans', sans-serif"
MONO = "ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace"
"""System fonts only. The sans stack has the metrics of Arial nearly everywhere, so that labels keep
the room that was measured for them when a figure was drawn."""

WIDE, NARROW = 840, 350
"""Widths in CSS pixels for which every figure is drawn: laptop and paper, and phone."""


def css_variables() -> str:
    """The palette and fonts as CSS: light everywhere, dark on screens that ask for it."""
    fonts = f"--serif:{SERIF};--sans:{SANS};--mono:{MONO};"
    light = "".join(f"--{role}:{colour};" for role, colour in LIGHT.items())
    dark = "".join(f"--{role}:{colour};" for role, colour in DARK.items())
    painted = "".join(
        f".fill-{role}{{fill:var(--{role})}}.stroke-{role}{{stroke:var(--{role})}}"
        for role in LIGHT
    )
    return (
        f":root{{color-scheme:light dark;{fonts}{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{painted}"
    )


def vega_config(*, narrow: bool) -> dict[str, Any]:
    """Vega-Lite's ``config`` of our figures; a specification's own config has precedence.

    Named mark styles (``mark: {"type": "rule", "style": "guide"}``) let a study say what a mark
    means instead of how it looks; `docs/report.md` lists them.
    """
    paint = LIGHT
    axis = {
        "labelColor": paint["soft"],
        "labelFontSize": 11,
        "labelLimit": 110 if narrow else 180,
        "titleColor": paint["soft"],
        "titleFontSize": 11.5,
        "titleFontWeight": "normal",
        "titleLimit": 260 if narrow else 520,
        "titlePadding": 8,
        "gridColor": paint["grid"],
        "domainColor": paint["rule"],
        "tickColor": paint["rule"],
        "tickSize": 4,
        "labelPadding": 4,
    }
    return {
        "background": None,
        "font": SANS,
        "padding": 2,
        "tooltipFormat": {"numberFormat": ".3~f"},
        "view": {"stroke": None, "continuousWidth": 320, "continuousHeight": 260},
        "axis": axis,
        "axisX": {"tickCount": 4 if narrow else 6, "grid": False},
        "axisY": {"tickCount": 6},
        "axisQuantitative": {"labelOverlap": True, "labelSeparation": 6},
        "axisBand": {"grid": False, "domain": False, "ticks": False, "labelColor": paint["ink"]},
        "legend": {
            "orient": "top",
            "direction": "horizontal",
            "columns": 2 if narrow else 5,
            "title": None,
            "labelColor": paint["ink"],
            "labelFontSize": 11.5,
            "labelLimit": 140,
            "titleColor": paint["soft"],
            "titleFontSize": 11.5,
            "titleFontWeight": "normal",
            "symbolSize": 70,
            "symbolStrokeWidth": 2,
            "symbolOpacity": 1,
            "columnPadding": 18,
            "rowPadding": 4,
            "offset": 12,
        },
        "header": {
            "labelColor": paint["ink"],
            "labelFontSize": 11.5,
            "labelFontWeight": "bold",
            "labelAnchor": "start",
            "labelLimit": 150 if narrow else 240,
            "titleColor": paint["soft"],
            "titleFontSize": 11.5,
            "titleFontWeight": "normal",
        },
        "facet": {"spacing": 18 if narrow else 28},
        "concat": {"spacing": 18 if narrow else 28},
        "title": {
            "color": paint["ink"],
            "fontSize": 12.5,
            "anchor": "start",
            "limit": 330 if narrow else 760,
        },
        "range": {
            "category": [paint[role] for role in SERIES],
            "symbol": ["circle", "square", "diamond", "triangle-up", "cross", "triangle-down"],
        },
        "mark": {"color": paint["series-1"]},
        "point": {"filled": True, "size": 46, "opacity": 1},
        "circle": {"size": 46, "opacity": 1},
        "line": {"strokeWidth": 2, "strokeCap": "round", "strokeJoin": "round"},
        "rule": {"color": paint["soft"]},
        "tick": {"thickness": 1.5},
        "bar": {"cornerRadiusEnd": 1.5},
        "text": {"color": paint["ink"], "fontSize": 11.5, "limit": 150 if narrow else 240},
        "style": {
            "guide": {"color": paint["faint"], "strokeWidth": 1, "strokeDash": [3, 3]},
            "region": {"color": paint["panel"], "fillOpacity": 1, "strokeOpacity": 0},
            "band": {"opacity": 0.16, "strokeOpacity": 0},
            "interval": {"strokeWidth": 1.75, "strokeCap": "round"},
            "hero": {"size": 110},
            "published": {"size": 90, "filled": False, "strokeWidth": 1.75},
            "cloud": {"size": 12, "opacity": 0.4, "strokeOpacity": 0},
            "label": {
                "color": paint["ink"],
                "align": "left",
                "baseline": "bottom",
                "dx": 7,
                "dy": -5,
            },
            "note": {"color": paint["soft"], "fontStyle": "italic", "fontSize": 11},
            "strong": {"color": paint["accent"]},
            "quiet": {"color": paint["faint"]},
        },
    }
