"""What the counted deals of a fair stand on: two accounts, or one and a code or a signed paper;
a proof, a call.

Deals with somebody without an account count like others, and are counted apart here: a county's
official has rung the side without one before verifying.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy import Integer, Select, bindparam, case, exists, func, select
from sqlalchemy.orm import aliased

from market.database import read
from market.deals.models import Deal, DealProof, DealStatus, LedgerEntry
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


@dataclass(frozen=True)
class EvidenceCounts:
    """How many counted deals there are, and what was looked at of them.

    Attributes:
        with_proof: with a picture of a contract, a weighing slip or a receipt.
        called_back: the county rang and heard the deal confirmed as it stands.
        neither: with no proof and not called back.
        code, paper: of all of them, those of which one side has no account, by what it agreed
            with.
    """

    deals: int = 0
    with_proof: int = 0
    called_back: int = 0
    neither: int = 0
    code: int = 0
    paper: int = 0

    @classmethod
    def of(cls, parts: Iterable[EvidenceCounts]) -> EvidenceCounts:
        """The sum of several."""
        rows = [astuple(part) for part in parts]
        return cls(*(sum(column) for column in zip(*rows, strict=True)))


def county_evidence(fair: Fair, codes: Collection[str], entry: int) -> dict[str, EvidenceCounts]:
    """By leaf region, what the deals that the ledger counts up to its `entry` stand on; proofs
    and calls as they are now."""
    rows = read(_EVIDENCE, fair=fair.id, codes=list(codes), entry=entry)
    return {code: EvidenceCounts(*map(int, counts)) for code, *counts in rows}


def counted_until() -> tuple[Any, ...]:
    """SQL: of the ledger's entries of a `fair` in leaf regions (`codes`) up to one (`entry`),
    those that count a deal and are not reversed."""
    back = aliased(LedgerEntry)
    return (
        LedgerEntry.fair_id == bindparam("fair"),
        LedgerEntry.region_code.in_(bindparam("codes", expanding=True)),
        LedgerEntry.id <= bindparam("entry", type_=Integer),
        LedgerEntry.deals > 0,
        ~exists().where(
            back.deal_id == LedgerEntry.deal_id,
            back.turn == LedgerEntry.turn + 1,
            back.id <= bindparam("entry", type_=Integer),
        ),
    )


def _evidence() -> Select[*tuple[Any, ...]]:
    has_proof = exists().where(DealProof.deal_id == Deal.id)
    is_called_back = Deal.called_back_at.is_not(None)
    counted = [
        *(has_proof, is_called_back, ~has_proof & ~is_called_back),
        *(Deal.evidence == each for each in (Evidence.CODE, Evidence.PAPER)),
    ]
    sums = (func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in counted)
    return (
        select(LedgerEntry.region_code, func.count(), *sums)
        .join(Deal, Deal.id == LedgerEntry.deal_id)
        .where(*counted_until())
        .group_by(LedgerEntry.region_code)
    )


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
_EVIDENCE = _evidence()
