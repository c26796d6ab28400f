"""The pictures of a document: SVG that stands by itself, on a page and on paper alike."""

from __future__ import annotations

import io
from typing import Any

import segno
from flask import current_app, render_template

from market.papers.document_figures import DocumentFigures
from market.tables.figures import FIGURES
from market.tables.table import XML_ILLEGAL
from market.tallies import county_map
from market.tallies.frozen_figures import FrozenFigures
from market.tallies.queries import CountyRow
from market.tallies.trees import Tree
from market.web.filters import day, local_name, wan
from market.web.language import is_english

MAX_BARS = 10


def county_picture(printed: DocumentFigures, tree: Tree, font: str) -> tuple[str, str] | None:
    """(the map by deal value, its attribution); None where there is no map.

    Args:
        tree: the fair's regions: a zone is drawn on the county that hosts it.
    """
    rows = [
        CountyRow(
            code=county.code,
            name=county.name,
            name_en=county.name_en,
            host_code=tree.nodes[county.code].host_code,
            **vars(county.totals),
        )
        for county in printed.figures.counties
    ]
    home = current_app.config["HOME_REGION"]
    drawn = county_map.outline(home, frozenset(row.host_code or row.code for row in rows))
    if drawn is None:
        return None
    shapes, cuts = county_map.shapes(rows, drawn, FIGURES["amount_fen"])
    picture = _drawn(
        "map.svg",
        outline=drawn,
        names=_map_names(drawn, printed, tree),
        shapes=shapes,
        legend=_legend(cuts),
        colours=county_map.colours(),
        border="#3c463e",
        font=font,
    )
    return picture, drawn.attribution


def _map_names(
    drawn: county_map.Outline, printed: DocumentFigures, tree: Tree
) -> list[tuple[float, float, str]]:
    """(x, y, short name) of each prefecture; where there is one alone, of its counties."""
    above = {tree.nodes[county.code].parent_code for county in printed.figures.counties}
    codes = drawn.paths if len(above) == 1 else above
    names, language = county_map.short_names(), int(is_english())
    return [
        (*drawn.middles[code], names[code][language])
        for code in sorted(filter(None, codes))
        if code in drawn.middles and code in names
    ]


def _legend(cuts: list[int]) -> list[tuple[int, str]]:
    """(level, from where on) of each colour of the map."""
    if not cuts:
        return [(0, "0"), (1, "> 0")]
    return [(0, "0"), (1, f"< {wan(cuts[0])}")] + [
        (level, f"≥ {wan(cut)}") for level, cut in enumerate(cuts, 2)
    ]


def ranking_picture(printed: DocumentFigures, font: str) -> str | None:
    """Bars for the counties of the highest value; None while nothing is counted."""
    ranked = sorted(
        (printed.ranks[county.code], county.code, local_name(county), county.totals.amount_fen or 0)
        for county in printed.figures.counties
        if county.code in printed.ranks
    )
    if not ranked:
        return None
    largest = ranked[0][3] or 1
    bars = [(rank, name, fen / largest, wan(fen)) for rank, _code, name, fen in ranked[:MAX_BARS]]
    return _drawn("bars.svg", bars=bars, font=font, **_colours())


def days_picture(figures: FrozenFigures, font: str) -> str | None:
    """A line through the value of every day; None with fewer than two days.

    A day on which more was reversed than verified is below the line of zero.
    """
    found = figures.every_day
    if len(found) < 2:
        return None
    values = [fen for _day, _deals, fen in found]
    highest, lowest = max(1, *values), min(0, *values)

    def place(number: int, fen: int) -> tuple[float, float]:
        share = (fen - lowest) / (highest - lowest)
        return round(number / (len(found) - 1) * 1000, 1), round(260 - share * 220, 1)

    points = [place(number, fen) for number, fen in enumerate(values)]
    peak = values.index(max(values))
    return _drawn(
        "line.svg",
        points=points,
        zero=place(0, 0)[1],
        ends=(day(found[0][0]), day(found[-1][0])),
        peak=(*points[peak], f"{day(found[peak][0])}: {wan(values[peak])}"),
        font=font,
        **_colours(),
    )


def qr_picture(address: str) -> str:
    """The QR code of an address."""
    picture = io.BytesIO()
    segno.make(address, micro=False, error="m").save(
        picture, kind="svg", xmldecl=False, omitsize=True, border=2, svgclass=None, lineclass=None
    )
    return picture.getvalue().decode()


def _drawn(name: str, **values: Any) -> str:
    return render_template(f"papers/{name}", **values).translate(XML_ILLEGAL)


def _colours() -> dict[str, str]:
    colours = county_map.colours()
    return {"ink": "#000", "bar": colours["map-5"], "track": colours["map-0"]}
