"""The evidence rate 佐证率 as columns: how many counted deals have a proof or were called back."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import gettext as _

from market.tables.figures import FIGURES
from market.tables.table import Column, ColumnKind
from market.tallies.evidence import EvidenceCounts
from market.web.language import lazy_gettext as _l

EVIDENCE_DEFINITION = _l(
    "Of the deals counted so far. With proof: a picture of the contract, the weighing slip or the"
    " receipt is stored. Called back: the county rang and heard the deal confirmed as it stands."
    " Deals of which one side has no account are among them and are told apart in the last"
    " columns. Proofs and calls are as of now."
)


def evidence_columns() -> tuple[Column, ...]:
    """The columns of evidence_cells()."""
    return (
        Column(str(FIGURES["deals"].heading), ColumnKind.COUNT, True),
        Column(_("With proof"), ColumnKind.COUNT, True),
        Column(_("Share with proof"), ColumnKind.SHARE),
        Column(_("Called back"), ColumnKind.COUNT, True),
        Column(_("Share called back"), ColumnKind.SHARE),
        Column(_("Neither of the two"), ColumnKind.COUNT, True),
        Column(_("One side without an account: code"), ColumnKind.COUNT, True, 16),
        Column(_("One side without an account: paper"), ColumnKind.COUNT, True, 16),
    )


def evidence_cells(counties: Iterable[EvidenceCounts]) -> tuple[Any, ...]:
    """The figures of these counties together."""
    e = EvidenceCounts.of(counties)
    return (
        *(e.deals, e.with_proof, _share(e.with_proof, e.deals)),
        *(e.called_back, _share(e.called_back, e.deals), e.neither, e.code, e.paper),
    )


def _share(some: int, of: int) -> Decimal | None:
    """A part as a fraction to 0.1%; None of nothing."""
    return (Decimal(some) / of).quantize(Decimal("0.001"), ROUND_HALF_UP) if of else None
