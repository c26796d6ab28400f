"""The rows of an import as its page shows them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext as _n

from market.accounts.labels import TRADER_TYPES
from market.accounts.models import TraderType
from market.imports.forms import column_letter
from market.imports.labels import DUPLICATE_LABELS, ROW_STATES
from market.imports.models import Import, ImportRow, RowState
from market.imports.queries import days_imported, names_of, retained_farmers
from market.imports.values import unpack
from market.offers.labels import SIDES
from market.offers.models import Side
from market.products.quantities import format_price, full_quantity
from market.stations.labels import WAYS
from market.web.filters import local_name, short_day
from market.web.language import select as page_language

# What was asked about these is answered.
MADE = (RowState.MADE, RowState.UNDONE, RowState.RETAINED)


@dataclass(frozen=True)
class RowProblem:
    """What is wrong or asked: the cell ("D7", empty for the whole row), what it says, and why."""

    cell: str
    content: str
    text: str


@dataclass(frozen=True)
class RowLine:
    """A row in words.

    Attributes:
        number: as the spreadsheet counts it, from 1.
        is_new: the farmer is to be registered, or was by this import.
        place: without the county where it is the station's.
        consent: of a new farmer, where the row says another than holds for all.
        more: the minimum lot, the days of supply and the description.
        there: what is there already, in words; empty for nothing.
    """

    row: ImportRow
    number: int
    name: str
    buyer: str
    phone: str | None
    is_new: bool
    goods: str
    quantity: str
    price: str
    more: str
    place: str
    consent: str
    problems: tuple[RowProblem, ...]
    there: str


def lines_of(imported: Import, rows: Sequence[ImportRow]) -> list[RowLine]:
    """The rows in words of the page's language; what is wrong with several parts of a row alike,
    the first of them says.
    """
    names = names_of(rows) | retained_farmers(imported, rows)
    days, language = days_imported(rows), page_language()
    lines, shown = [], set[tuple[int, RowProblem]]()
    for row in rows:
        line = _line(imported, row, names, days, language)
        new = tuple(each for each in line.problems if (row.row, each) not in shown)
        if len(new) < len(line.problems):
            again = RowProblem("", "", _("The same as in the line above."))
            line = replace(line, problems=(*new, again))
        shown |= {(row.row, each) for each in new}
        lines.append(line)
    return lines


def changes_in_words(imported: Import) -> str:
    """What has changed since it was tried; empty where nothing is to be said of it."""
    if imported.changes is None:
        return ""
    parts = [
        _n(
            "the farmer of %(num)s row is registered by now",
            "the farmers of %(num)s rows are registered by now",
            number,
        )
        if name == "farmer"
        else _n(
            "%(num)s row is now “%(state)s”",
            "%(num)s rows are now “%(state)s”",
            number,
            state=ROW_STATES[RowState(name)],
        )
        for name, number in imported.changes.items()
    ]
    if not parts:
        return _("Something has changed since it was tried: look at it once more.")
    return _(
        "Since it was tried, something has changed: %(changes)s. Look at it once more.",
        changes=_(", ").join(parts),
    )


def _line(
    imported: Import,
    row: ImportRow,
    names: dict[Any, Any],
    days: dict[int, Any],
    language: str,
) -> RowLine:
    values = unpack(row.values)
    farmer = values.get("farmer") or {}
    return RowLine(
        row=row,
        number=row.row + 1,
        name=values.get("name", "") or names.get(row.account_id, ""),
        buyer=values.get("buyer", ""),
        phone=values.get("phone"),
        is_new=row.is_registered or (row.account_id is None and bool(farmer)),
        goods=_goods(values, names, imported.side),
        quantity=_quantity(values),
        price=_price(values, {each["field"] for each in row.problems if not each["asks"]}),
        more=_more(values),
        place=_place(values, names, imported.region_code),
        consent=_consent(farmer, (imported.way, imported.witness)),
        problems=tuple(
            _problem(row, each, language)
            for each in row.problems
            if not (each["asks"] and row.state in MADE)
        ),
        there=_there(row, days),
    )


def _goods(values: dict[str, Any], names: dict[str, Any], usual: Side) -> str:
    """What it is; for sale or wanted, where it is not what holds for all rows."""
    product = names.get(values.get("product", ""))
    name = values.get("product_words") or (local_name(product) if product else "")
    side = values.get("side") or usual
    side_name = SIDES[Side(side)] if side != usual else ""
    parts = (name, values.get("variety"), values.get("grade"))
    words = " ".join(dict.fromkeys(filter(None, parts)))
    return " · ".join(str(part) for part in (side_name, words) if part)


def _quantity(values: dict[str, Any]) -> str:
    if "quantity" not in values or "unit" not in values:
        return ""
    return full_quantity(values["quantity"], values["unit"])


def _price(values: dict[str, Any], refused: Collection[str]) -> str:
    low, high = values.get("price"), values.get("price_to")
    # One that was refused is not on request.
    if "quantity" not in values or "price" in refused:
        return ""
    low = low if low is not None else high
    return format_price(low, high, values.get("price_unit") or values.get("unit", ""))


def _more(values: dict[str, Any]) -> str:
    parts = [values.get("packaging"), values.get("delivery"), values.get("description")]
    if "lot" in values and "unit" in values:
        lot = full_quantity(values["lot"], values["unit"])
        parts.insert(0, _("at least %(quantity)s", quantity=lot))
    if days := [values[name] for name in ("from_day", "until_day") if name in values]:
        parts.insert(0, " – ".join(dict.fromkeys(map(short_day, days))))
    return " · ".join(filter(None, parts))


def _place(values: dict[str, Any], names: dict[str, Any], own: str) -> str:
    region = values.get("region", "")
    codes = ("" if region == own else region, values.get("township", ""))
    above = [local_name(names[code]) for code in codes if code in names]
    return " ".join(filter(None, [*above, values.get("village", "")]))


def _consent(farmer: dict[str, Any], of_all: tuple[str, str]) -> str:
    if farmer.get("number") is None or (farmer["way"], farmer["witness"]) == of_all:
        return ""
    kind = TRADER_TYPES[TraderType(farmer["trader_type"])]
    how = (str(WAYS.get(farmer["way"], "")), farmer["witness"])
    return " · ".join(part for part in (str(kind), *how) if part)


def _problem(row: ImportRow, problem: dict[str, Any], language: str) -> RowProblem:
    column = problem["column"]
    cell = "" if column is None else f"{column_letter(column)}{row.row + 1}"
    return RowProblem(cell, problem["content"], problem["text"][language])


def _there(row: ImportRow, days: dict[int, Any]) -> str:
    if row.duplicate_of is None:
        return ""
    about = row.duplicate_of
    done_at = days.get(about.get("id", 0))
    words = {"row": about.get("row", 0) + 1, "day": short_day(done_at) if done_at else ""}
    return str(DUPLICATE_LABELS[about["kind"]]) % words
