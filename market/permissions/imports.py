"""Predicates about the sheets that stations import."""

from __future__ import annotations

from typing import Any


def import_list(user: Any, _: Any) -> bool:
    """Assistants; officials and administrators to read."""
    return bool(user.is_authenticated) and (
        user.is_assistant or user.is_official or user.is_administrator
    )


def import_manage(user: Any, imported: Any) -> bool:
    """The assistant who brought the file, for as long as the station is theirs."""
    return (
        bool(user.is_authenticated)
        and imported.assistant_id == user.id
        and user.has_role("assistant", within=imported.region.path)
    )


def import_read(user: Any, imported: Any) -> bool:
    """Who manages it, officials over the station's region, and administrators."""
    return import_manage(user, imported) or (
        bool(user.is_authenticated)
        and (user.is_administrator or user.is_official_over(imported.region.path))
    )
