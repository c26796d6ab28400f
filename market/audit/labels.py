"""The words for objects, columns and values of the record, as the rooms registered them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

from market.accounts.models import Account
from market.audit.models import Change
from market.database import Base
from market.products.queries import named_products
from market.products.units import UNITS
from market.regions.queries import region_lexicon
from market.web.audit_registry import column_labels, object_labels, value_labels
from market.web.filters import deadline, format_datetime, local_name, yuan
from market.web.language import lazy_gettext as _l

CHANGES = {
    Change.CREATED: _l("new"),
    Change.CHANGED: _l("changed"),
    Change.DELETED: _l("removed"),
}


def object_label(kind: str) -> str | LazyString:
    """What an object of the kind is called."""
    return object_labels.get(kind, kind)


def column_label(column: str) -> str | LazyString:
    """What a column is called."""
    return column_labels.get(column, column)


def value_label(kind: str, column: str, value: Any) -> Any:
    """A value as a person reads it; a dash for nothing."""
    if value is None or value == "":
        return "–"
    if (words := value_labels.get((kind, column))) is not None:
        return words.get(value, value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if _names_account(kind, column):
        return _("account %(id)s", id=value)
    if column.endswith("region_code"):
        place = region_lexicon().places.get(value)
        return local_name(place) if place else value
    if column == "township_code":
        township = region_lexicon().townships.get(value)
        return local_name(township) if township else value
    if column in ("product_code", "product_prefix"):
        product = named_products([value]).get(value)
        return local_name(product) if product else value
    if column in ("unit", "price_unit") and value in UNITS:
        return UNITS[value].name
    if column.endswith("_fen") and isinstance(value, int):
        return yuan(value)
    if column == "due_at":
        return deadline(datetime.fromisoformat(value))
    if column == "at" or column.endswith(("_at", "_until")):
        try:
            return format_datetime(datetime.fromisoformat(value))
        except (TypeError, ValueError):
            return value
    return value


@cache
def _names_account(table: str, column: str) -> bool:
    """Whether the column holds the number of an account."""
    known = Base.metadata.tables.get(table)
    if known is None or column not in known.columns:
        return False
    return any(key.references(Account.__table__) for key in known.columns[column].foreign_keys)  # type: ignore[arg-type]
