"""Rows of a sheet as farmers to be registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from market.imports.farmers import FarmerBook, SheetFarmer
from market.imports.models import Import


class FarmerChecks:
    """What is looked at of each row of farmers besides who they are."""

    def __init__(self, imported: Import, book: FarmerBook) -> None:
        pass

    def check(self, values: Mapping[str, Any]) -> None:
        """Who a farmer is was looked at before; there is nothing else."""

    def questions(self, values: Mapping[str, Any]) -> tuple[()]:
        """Nothing about a farmer is seldom meant."""
        return ()

    def existing(self, farmer: SheetFarmer, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """The farmer, where the station has them already."""
        return {"kind": "farmer", "id": farmer.account_id} if farmer.account_id else None

    def sameness(self, farmer: SheetFarmer, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """What two rows have in common that say the same farmer."""
        return (farmer.account_id, farmer.number)
