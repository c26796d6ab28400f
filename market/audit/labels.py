"""The words for objects, columns and values of the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from market.accounts.labels import LANGUAGES, ROLES, TRADER_TYPES
from market.audit.models import Change
from market.filters import local_name, moment, yuan
from market.language import lazy_gettext as _l
from market.products.queries import named_products
from market.regions.queries import region_lexicon

CHANGES = {
    Change.CREATED: _l("new"),
    Change.CHANGED: _l("changed"),
    Change.DELETED: _l("removed"),
}
# Kinds and columns not here are called by their names in the database.
KINDS: dict[str, Any] = {
    "accounts": _l("Account"),
    "consents": _l("Consent"),
    "deal_proofs": _l("Proof"),
    "deals": _l("Deal"),
    "fair_session_themes": _l("Theme of a session"),
    "fair_sessions": _l("Session"),
    "fair_themes": _l("Theme"),
    "fairs": _l("Fair"),
    "grants": _l("Role"),
    "offer_photos": _l("Photo"),
    "one_time_passwords": _l("One-time password"),
    "offers": _l("Offer"),
    "phone_reveals": _l("Phone number shown"),
    "question_texts": _l("Text"),
    "questions": _l("Question"),
    "regions": _l("Region"),
}
COLUMNS: dict[str, Any] = {
    "account_id": _l("Account"),
    "agreed_by_id": _l("Agreed by"),
    "agreed_on": _l("Agreed on"),
    "amount_fen": _l("Amount (yuan)"),
    "asker_id": _l("Asked by"),
    "at": _l("When"),
    "answered_at": _l("Answered"),
    "amount_reason": _l("Why the amount differs"),
    "assistant_id": _l("Station assistant"),
    "by_id": _l("Written by"),
    "buyer_id": _l("Bought by"),
    "delivery": _l("Delivery"),
    "description": _l("Description"),
    "disabled_at": _l("Closed since"),
    "ends_on": _l("Last day"),
    "expires_at": _l("Ends"),
    "fair_id": _l("Fair"),
    "farmer_id": _l("Farmer"),
    "from_office": _l("By the office"),
    "given_at": _l("Agreed on"),
    "grade": _l("Grade"),
    "granted_at": _l("Since"),
    "granted_by_id": _l("Given by"),
    "home_region_code": _l("Counted in"),
    "how": _l("How"),
    "issued_at": _l("Set"),
    "issued_by_id": _l("Set by"),
    "language": _l("Language"),
    "min_lot": _l("Minimum lot"),
    "name": _l("Name"),
    "note": _l("Note"),
    "offer_id": _l("Offer"),
    "owner_id": _l("Owner"),
    "packaging": _l("Packaging"),
    "page": _l("Page"),
    "password_hash": _l("Password"),
    "phone": _l("Phone"),
    "posted_by_id": _l("Posted by"),
    "price_high": _l("Price to"),
    "price_low": _l("Price from"),
    "product_code": _l("Product"),
    "published_at": _l("Published"),
    "quantity": _l("Quantity"),
    "question_id": _l("Question"),
    "region_code": _l("Region"),
    "remaining": _l("Remaining"),
    "represented_by_id": _l("Represented by"),
    "role": _l("Role"),
    "seller_id": _l("Sold by"),
    "seen_at": _l("Seen"),
    "side": _l("Side"),
    "starts_on": _l("First day"),
    "status": _l("State"),
    "status_reason": _l("Reason"),
    "text": _l("Text"),
    "title": _l("Title"),
    "trader_type": _l("Trader type"),
    "unit": _l("Unit"),
    "unit_price": _l("Unit price (yuan)"),
    "valid_until": _l("Up until"),
    "verification": _l("Verification"),
    "verification_reason": _l("Reason"),
    "verified_at": _l("Verified"),
    "verified_by_id": _l("Verified by"),
    "waiting_since": _l("Waiting since"),
    "withdrawn_at": _l("Withdrawn"),
}
# Columns that hold the number of an account.
ACCOUNTS = {
    *("account_id", "agreed_by_id", "asker_id", "assistant_id", "buyer_id", "by_id", "farmer_id"),
    *(
        "granted_by_id",
        "issued_by_id",
        "owner_id",
        "posted_by_id",
        "proposed_by_id",
        "represented_by_id",
    ),
    *("seller_id", "uploaded_by_id", "verified_by_id", "viewer_id"),
}
# (kind, column): the words of its values; rooms further down add theirs.
VALUES: dict[tuple[str, str], Mapping[Any, Any]] = {
    ("accounts", "trader_type"): TRADER_TYPES,
    ("accounts", "language"): LANGUAGES,
    ("grants", "role"): ROLES,
}


def kind_word(kind: str) -> Any:
    """What an object of the kind is called."""
    return KINDS.get(kind, kind)


def column_word(column: str) -> Any:
    """What a column is called."""
    return COLUMNS.get(column, column)


def value_word(kind: str, column: str, value: Any) -> Any:
    """A value as a person reads it; a dash for nothing."""
    if value is None or value == "":
        return "–"
    if (words := VALUES.get((kind, column))) is not None:
        return words.get(value, value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column in ACCOUNTS:
        return _("account %(id)s", id=value)
    if column.endswith("region_code"):
        place = region_lexicon().places.get(value)
        return local_name(place) if place else value
    if column == "product_code":
        product = named_products([value]).get(value)
        return local_name(product) if product else value
    if column.endswith("_fen") and isinstance(value, int):
        return yuan(value)
    if column == "at" or column.endswith(("_at", "_until")):
        try:
            return moment(datetime.fromisoformat(value))
        except (TypeError, ValueError):
            return value
    return value
