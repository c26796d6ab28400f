"""What is read of a sheet: entries with their problems, and what is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from market.offers.models import Side


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row.

    Attributes:
        field: of `FIELDS`; None for the row as a whole.
        column: where it stands, counted from 0; None where no column is of the field.
        text: in the reader's language.
    """

    field: str | None
    column: int | None
    text: Any


@dataclass(frozen=True)
class ParsedRow:
    """One entry.

    Attributes:
        row: of the sheet, counted from 0.
        part: counted from 0; several goods in a cell make several parts of one row.
        values: of the fields that are filled in and right, by name. Days are dates and sides a
            `Side`; `product` and `region` are codes, `township` the code of one; `quantity`,
            `lot`, `price`, `price_to` and `amount` are Decimals, the prices in yuan for one
            `price_unit`, an amount in yuan; `unit` is the code of the quantity's and the lot's;
            phone numbers are E.164. Besides: `product_words`, the office's own word for the
            product; `basis`, where a price says it; `is_negotiable`, where a price is on request.
        columns: where fields stand that stand elsewhere in other parts, by name.
    """

    row: int
    part: int
    values: Mapping[str, Any]
    problems: tuple[Problem, ...]
    columns: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class SkippedRow:
    """A row that is no entry; `reason`: empty, total, title, note, no_goods or struck."""

    row: int
    reason: str


@dataclass(frozen=True)
class ReadingContext:
    """What a sheet is read by.

    Attributes:
        today: the local day that dates without a year are counted from.
        regions: codes of the counties that the station serves.
        side: of offers that don't say it; None where nobody chose one.
    """

    today: date
    regions: tuple[str, ...] = ()
    side: Side | None = None
