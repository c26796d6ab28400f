"""The figures of a fair as columns of tables and papers."""

from __future__ import annotations

from collections.abc import Mapping

from market.tables.table import ColumnKind
from market.tallies import figures
from market.tallies.figures import Figure
from market.tallies.queries import StoredCount

FIGURES: Mapping[str, Figure] = {figure.name: figure for figure in figures.FIGURES}
# What a table makes of a figure.
COLUMN_KINDS = {
    figures.FigureKind.COUNT: ColumnKind.COUNT,
    figures.FigureKind.FEN: ColumnKind.WAN,
    figures.FigureKind.MASS: ColumnKind.MASS,
    figures.FigureKind.RATE: ColumnKind.NUMBER,
}
# The figures that are shown of a product.
PRODUCT_FIGURES = ("amount_fen", "deals", "mass_kg", "sell", "buy")


def last_entry_of(count: StoredCount) -> int:
    """The last entry of the ledger that is in a count; 0 without any."""
    return max(count.ledger_id, 0)


def kind_of(name: str) -> ColumnKind:
    """What a table makes of the figure of that name."""
    return COLUMN_KINDS[FIGURES[name].kind]
