"""What the counted deals of a fair stand on: two accounts, or one and a code or a signed paper.

Deals with somebody without an account count like others, and are counted apart here: a county's
official has rung the side without one before verifying.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from market.database import read
from market.deals.models import Deal, DealStatus
from market.deals.unregistered_models import Evidence
from market.fairs.models import Fair


@dataclass(frozen=True)
class EvidenceRate:
    """How many of `deals` stand on what."""

    deals: int
    code: int
    paper: int

    @property
    def accounts(self) -> int:
        return self.deals - self.code - self.paper

    @property
    def share(self) -> float:
        """The part that stands on two accounts, 0 to 1."""
        return self.accounts / self.deals


def evidence_rate(
    fair: Fair, deals: int | None, codes: Collection[str] | None = None
) -> EvidenceRate | None:
    """What the counted deals of the fair stand on; None where there are none.

    Args:
        deals: how many there are by the stored count.
        codes: of the counties looked at; None: the whole fair.
    """
    if not deals:
        return None
    if codes is None:
        rows = read(_OF_FAIR, fair=fair.id)
    else:
        rows = read(_OF_COUNTIES, fair=fair.id, codes=list(codes))
    found = dict(rows.all())
    # One verified in this second is not in the stored count yet.
    code = min(found.get(Evidence.CODE, 0), deals)
    return EvidenceRate(deals, code, min(found.get(Evidence.PAPER, 0), deals - code))


# Made once. The condition is that of the index ix_deals_unregistered: others are not read.
_OF_FAIR = (
    select(Deal.evidence, func.count())
    .where(
        Deal.unregistered_id.is_not(None),
        Deal.fair_id == bindparam("fair"),
        Deal.status == DealStatus.VERIFIED,
    )
    .group_by(Deal.evidence)
)
_OF_COUNTIES = _OF_FAIR.where(Deal.home_region_code.in_(bindparam("codes", expanding=True)))
