"""The words for objects, columns and values of the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from market.accounts.labels import LANGUAGES, ROLES, TRADER_TYPES
from market.audit.models import Change
from market.products.queries import named_products
from market.products.units import UNITS
from market.regions.queries import region_lexicon
from market.web.filters import deadline, local_name, moment, yuan
from market.web.language import lazy_gettext as _l

CHANGES = {
    Change.CREATED: _l("new"),
    Change.CHANGED: _l("changed"),
    Change.DELETED: _l("removed"),
}
# Every kind and column that is recorded has its word; a convention test says so.
KINDS: dict[str, Any] = {
    "accounts": _l("Account"),
    "categories": _l("Category of goods"),
    "consents": _l("Consent"),
    "correction_decisions": _l("Decision about a correction"),
    "corrections": _l("Correction"),
    "deal_proofs": _l("Proof"),
    "deal_revisions": _l("Other figures of a deal"),
    "deals": _l("Deal"),
    "documents": _l("Document"),
    "fair_session_themes": _l("Theme of a session"),
    "fair_sessions": _l("Session"),
    "fair_themes": _l("Theme"),
    "fairs": _l("Fair"),
    "geographical_indications": _l("Geographical indication"),
    "grants": _l("Role"),
    "offer_photos": _l("Photo"),
    "one_time_passwords": _l("One-time password"),
    "offers": _l("Offer"),
    "phone_reveals": _l("Phone number shown"),
    "product_aliases": _l("Other name of a product"),
    "products": _l("Product"),
    "publications": _l("Publication of a fair"),
    "question_texts": _l("Text"),
    "questions": _l("Question"),
    "regions": _l("Region"),
    "statement_versions": _l("Version of a statement"),
    "statements": _l("Statement"),
}
COLUMNS: dict[str, Any] = {
    "account_id": _l("Account"),
    "address": _l("Address"),
    "agreed_by_id": _l("Agreed by"),
    "agreed_on": _l("Agreed on"),
    "alias": _l("Other name"),
    "ambiguous": _l("Several meanings"),
    "amount_fen": _l("Amount (yuan)"),
    "amount_reason": _l("Why the amount differs"),
    "answered_at": _l("Answered on"),
    "asked_at": _l("Asked"),
    "asker_id": _l("Asked by"),
    "assistant_id": _l("Station assistant"),
    "answer": _l("Answer of the other side"),
    "answered_by_id": _l("Answered by"),
    "before_agreed_on": _l("Day of agreement before"),
    "before_amount_fen": _l("Amount before (fen)"),
    "before_quantity": _l("Quantity before"),
    "before_unit": _l("Unit before"),
    "before_unit_price": _l("Unit price before"),
    "by_side": _l("Written by the side"),
    "county_verified_at": _l("Verified for the county on"),
    "county_verified_by_id": _l("Verified for the county by whom"),
    "dated_on": _l("Agreed on the earlier day"),
    "day_reason": _l("Why it was entered later"),
    "place_detail": _l("Town or village"),
    "at": _l("When"),
    "before": _l("Figures before"),
    "buyer_id": _l("Bought by"),
    "buyer_offer_id": _l("Buyer's offer"),
    "buyer_region_code": _l("Buyer's county"),
    "by_id": _l("Written by"),
    "category_code": _l("Category"),
    "channel": _l("Fair or daily"),
    "claim": _l("What is protected"),
    "code": _l("Code"),
    "confirmed": _l("Correction confirmed"),
    "consent_id": _l("Consent"),
    "correction_id": _l("Correction"),
    "day": _l("Day"),
    "deal_id": _l("Deal"),
    "delivery": _l("Delivery"),
    "derived": _l("Worked out, not given"),
    "description": _l("Description"),
    "disabled_at": _l("Closed since"),
    "doing": _l("What is being made"),
    "due_at": _l("Due"),
    "ends_on": _l("Last day"),
    "expires_at": _l("Ends"),
    "error": _l("Why it failed"),
    "fair_id": _l("Fair"),
    "farmer_id": _l("Farmer"),
    "figures": _l("Frozen figures"),
    "figures_sha256": _l("Fingerprint of the figures"),
    "file_sha256": _l("SHA-256 of the file"),
    "file_size": _l("Size (bytes)"),
    "first_submitted_at": _l("First submitted"),
    "from_office": _l("By the office"),
    "given_at": _l("Consent given"),
    "grade": _l("Grade"),
    "granted_at": _l("Since"),
    "granted_by_id": _l("Given by"),
    "height": _l("Height"),
    "home_region_code": _l("Counted in"),
    "host_code": _l("Drawn on"),
    "how": _l("How"),
    "issued_at": _l("Set"),
    "issued_by_id": _l("Set by"),
    "initials": _l("Initials"),
    "is_demonstration": _l("Demonstration account"),
    "is_leaf": _l("Reports"),
    "is_replay": _l("Invented detail"),
    "kind": _l("Kind"),
    "language": _l("Language"),
    "latitude": _l("Latitude"),
    "ledger_entry": _l("Ledger entry"),
    "ledger_hash": _l("Hash of the ledger entry"),
    "ledger_id": _l("Ledger entry"),
    "level": _l("Level of the region"),
    "listable": _l("May be listed"),
    "longitude": _l("Longitude"),
    "made_at": _l("Made"),
    "min_lot": _l("Minimum lot"),
    "name": _l("Name"),
    "name_en": _l("Name in English"),
    "note": _l("Note"),
    "number": _l("Its number"),
    "offer_id": _l("Offer"),
    "owner_id": _l("Owner"),
    "packaging": _l("Packaging"),
    "page": _l("Page"),
    "parent_code": _l("Belongs to"),
    "password_hash": _l("Password"),
    "path": _l("Path of codes"),
    "perishable": _l("Perishable"),
    "phone": _l("Phone"),
    "pinyin": _l("Pinyin"),
    "position": _l("Order"),
    "posted_by_id": _l("Posted by"),
    "previous_id": _l("The fair before"),
    "price_basis": _l("The price is"),
    "price_high": _l("Price to"),
    "price_low": _l("Price from"),
    "price_per_base": _l("Price for each base unit (yuan)"),
    "price_unit": _l("Price unit"),
    "product_code": _l("Product"),
    "product_words": _l("The trader's word for it"),
    "product_prefix": _l("Product"),
    "progress": _l("Progress (%)"),
    "proposed_by_id": _l("Proposed by"),
    "proposed_side": _l("Proposed by which side"),
    "published_at": _l("Published"),
    "quantity": _l("Quantity"),
    "question_id": _l("Question"),
    "reason": _l("Reason"),
    "region_code": _l("Region"),
    "remaining": _l("Remaining"),
    "remark": _l("Remark"),
    "represented_by_id": _l("Represented by"),
    "requested_at": _l("Asked for"),
    "requested_by_id": _l("Asked for by"),
    "reserved": _l("Reserved"),
    "role": _l("Role"),
    "same_season_id": _l("The same season last year"),
    "season": _l("Season"),
    "seen_at": _l("Seen"),
    "seller_id": _l("Sold by"),
    "seller_offer_id": _l("Seller's offer"),
    "seller_region_code": _l("Seller's county"),
    "session_id": _l("Session"),
    "sha256": _l("SHA-256"),
    "short_name": _l("Short name"),
    "side": _l("Side"),
    "slug": _l("Page address"),
    "snapshot": _l("Frozen figures"),
    "source": _l("Source"),
    "starts_on": _l("First day"),
    "statement_id": _l("Statement"),
    "status": _l("State"),
    "status_reason": _l("Reason"),
    "storage_class": _l("Storage"),
    "supply_from": _l("Supply from"),
    "supply_to": _l("Supply to"),
    "text": _l("Text"),
    "title": _l("Title"),
    "total_deals": _l("Deals"),
    "total_fen": _l("Deal value (yuan)"),
    "total_listings": _l("Listings"),
    "total_merchants": _l("Effective merchants"),
    "totals_only": _l("Known by totals alone"),
    "trade_note": _l("Legal note"),
    "trader_type": _l("Trader type"),
    "tries": _l("Tries"),
    "unit": _l("Unit"),
    "unit_price": _l("Unit price (yuan)"),
    "uploaded_by_id": _l("Uploaded by"),
    "valid_until": _l("Up until"),
    "verification": _l("Verification"),
    "verification_reason": _l("Reason"),
    "verified_at": _l("Verified on"),
    "verified_by_id": _l("Verified by"),
    "version": _l("Version"),
    "viewer_id": _l("Shown to"),
    "waiting_since": _l("Waiting since"),
    "width": _l("Width"),
    "withdrawn_at": _l("Withdrawn on"),
    "year": _l("Year"),
}
# Columns that hold the number of an account.
ACCOUNTS = {
    *("account_id", "agreed_by_id", "asker_id", "assistant_id", "buyer_id", "by_id", "farmer_id"),
    *(
        "answered_by_id",
        "county_verified_by_id",
        "granted_by_id",
        "issued_by_id",
        "owner_id",
        "posted_by_id",
        "proposed_by_id",
    ),
    "represented_by_id",
    *("requested_by_id", "seller_id", "uploaded_by_id", "verified_by_id", "viewer_id"),
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
            return moment(datetime.fromisoformat(value))
        except (TypeError, ValueError):
            return value
    return value
