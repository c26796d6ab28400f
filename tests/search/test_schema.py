"""The version of the index: whatever changes what its bytes mean changes it too."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from market.products.units import UNITS, Dimension, Unit
from market.search import schema
from market.search.schema import ROW, layout_version

UNIT_LIST = list(UNITS.values())
FIELDS = [("id", "ID"), ("row", "COLUMN")]
BASKET = Unit("basket", "basket", Dimension.COUNT, Decimal(1))


def version(row: np.dtype = ROW, units: list[Unit] = UNIT_LIST, fields: list = FIELDS) -> str:
    return layout_version(row, units, fields)


def test_the_same_layout_has_the_same_version() -> None:
    assert version() == version(units=list(UNIT_LIST))


@pytest.mark.parametrize("place", [0, 7, len(UNIT_LIST)])
def test_a_new_unit_changes_the_version_of_the_index(place: int) -> None:
    assert version(units=[*UNIT_LIST[:place], BASKET, *UNIT_LIST[place:]]) != version()


def test_another_factor_or_dimension_of_a_unit_changes_the_version_of_the_index() -> None:
    jin, *others = UNIT_LIST
    assert version(units=[replace(jin, factor=Decimal("0.6")), *others]) != version()
    assert version(units=[replace(jin, dimension=Dimension.VOLUME), *others]) != version()


def test_another_row_or_schema_changes_the_version_of_the_index() -> None:
    assert version(row=np.dtype([*ROW.descr, ("freight", "<i8")])) != version()
    wider = [(name, "<u4" if name == "product" else kind) for name, kind in ROW.descr]
    assert version(row=np.dtype(wider)) != version()
    assert version(fields=[*FIELDS, ("grade", "Terms")]) != version()
    assert version(fields=[("id", "NUMERIC"), ("row", "COLUMN")]) != version()


def test_the_same_layout_with_another_meaning_changes_the_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = version()
    monkeypatch.setattr(schema, "FORMAT", schema.FORMAT + 1)
    assert version() != before
