"""Predicates about the second-level sampling of verified deals."""

from __future__ import annotations

from typing import Any

from market.permissions.trade import deal_party, member


def sample_check(user: Any, sample: Any) -> bool:
    """An official of the county's prefecture or province, who is no side of the deal."""
    roles = ("prefecture_official", "province_official")
    return (
        member(user, None)
        and not deal_party(user, sample.deal)
        and any(user.has_role(role, within=sample.path) for role in roles)
    )


def sample_answer(user: Any, sample: Any) -> bool:
    """An official of the county, who is no side of the deal."""
    return (
        member(user, None)
        and not deal_party(user, sample.deal)
        and user.has_role("county_official", within=sample.path)
    )


def sample_read(user: Any, sample: Any) -> bool:
    """An official over the county."""
    return member(user, None) and user.is_official_over(sample.path)
