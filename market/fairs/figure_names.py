"""The one name of each figure of a fair, as forms, pages, tables, papers and files show it.

`tallies.figures` adds how each is counted and shown.
"""

from __future__ import annotations

from typing import Any

from market.web.language import lazy_gettext as _l
from market.web.language import lazy_pgettext

FIGURE_LABELS: dict[str, Any] = {
    "amount_fen": _l("Deal value"),
    "deals": lazy_pgettext("figure", "Deals"),
    "mass_kg": _l("Mass"),
    "listings": _l("Listings"),
    "sell": _l("Supply"),
    "buy": _l("Demand"),
    "varieties": _l("Varieties"),
    "merchants": _l("Effective merchants"),
    "sold_fen": _l("Sold"),
    "bought_fen": _l("Bought"),
    "conversion": _l("Deals for each 100 listings"),
    "average_fen": _l("Average for each merchant"),
}
