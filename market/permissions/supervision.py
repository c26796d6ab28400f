"""Predicates about work targets, who supervises counties, and how their work is assessed."""

from __future__ import annotations

from typing import Any

from market.permissions.trade import member


def target_set(user: Any, sheet: Any) -> bool:
    """The level above: a prefecture for its counties, the province for what reports to it."""
    if not member(user, None):
        return False
    if sheet.parent is not None:
        return bool(user.has_role("prefecture_official", within=sheet.parent.path))
    return bool(user.has_role("province_official", within=sheet.fair.region.path))


def supervisor_assign(user: Any, county: Any) -> bool:
    """An official of the county's prefecture or province."""
    roles = ("prefecture_official", "province_official")
    return member(user, None) and any(user.has_role(role, within=county.path) for role in roles)


def county_note(user: Any, county: Any) -> bool:
    """Whoever supervises the county now, while they hold an office over it."""
    return (
        supervisor_assign(user, county)
        and county.supervisor is not None
        and county.supervisor.account_id == user.id
    )
