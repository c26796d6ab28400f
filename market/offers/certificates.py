"""Certificates 认证 that a purchase may ask for: a set, stored as its codes in the order below."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from itertools import combinations

from market.web.language import is_english
from market.web.language import lazy_gettext as _l


class Certificate(enum.StrEnum):
    """What speaks for the goods, beside the trader's own word."""

    GREEN = "green"  # 绿色食品, China Green Food Development Center
    ORGANIC = "organic"  # 有机产品, GB/T 19630
    INDICATION = "indication"  # 地理标志
    COMMITMENT = "commitment"  # 承诺达标合格证, by the grower, for each lot


CERTIFICATES = {
    Certificate.GREEN: _l("Green food"),
    Certificate.ORGANIC: _l("Organic"),
    Certificate.INDICATION: _l("Geographical indication"),
    Certificate.COMMITMENT: _l("Commitment certificate of compliance"),
}


def join_codes(certificates: Iterable[str]) -> str:
    """The set as it is stored; what is no certificate is left out."""
    wanted = set(certificates)
    return ",".join(one for one in Certificate if one in wanted)


def split_codes(codes: str) -> list[Certificate]:
    """The certificates of a stored set, in their order."""
    return [Certificate(code) for code in codes.split(",") if code]


def certificate_names(codes: str) -> str:
    """The certificates of a stored set as a person reads them."""
    comma = ", " if is_english() else "、"
    return comma.join(str(CERTIFICATES[one]) for one in split_codes(codes))


# Every set there can be, so that the database itself refuses any other text.
CODE_SETS = tuple(
    join_codes(chosen)
    for size in range(len(Certificate) + 1)
    for chosen in combinations(Certificate, size)
)
