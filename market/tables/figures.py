"""The figures of a fair as columns of tables and papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from market.tables.table import Kind
from market.tallies import figures
from market.tallies.figures import Figure
from market.tallies.queries import StoredCount
from market.web.language import lazy_gettext as _l

# What official papers call by its full name.
OFFICIAL = {"amount_fen": _l("Deal value"), "merchants": _l("Effective merchants")}
FIGURES: Mapping[str, Figure] = {
    figure.name: replace(figure, label=OFFICIAL.get(figure.name, figure.label))
    for figure in figures.FIGURES
}
# The figures of a table, in the order of their columns.
COLUMNS = tuple(FIGURES)
# What a table makes of a figure.
KINDS = {
    figures.FigureKind.COUNT: Kind.COUNT,
    figures.FigureKind.FEN: Kind.WAN,
    figures.FigureKind.MASS: Kind.MASS,
    figures.FigureKind.RATE: Kind.NUMBER,
}
# Of a product's row, what is told of it.
OF_PRODUCTS = ("amount_fen", "deals", "mass_kg", "sell", "buy")


def entry_of(count: StoredCount) -> int:
    """The last entry of the ledger that is in a count; 0 without any."""
    return max(count.ledger_id, 0)


def kind_of(name: str) -> Kind:
    """What a table makes of the figure of that name."""
    return KINDS[FIGURES[name].kind]
